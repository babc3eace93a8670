// Hashes first, then the documents that name them: what a document says of the others is no part
// of its own hash.
#include "harness/run/documents.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "collectives/rendezvous/wire.h"
#include "harness/core/content_hash.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFabricName = "fabric.json";

void add_others(Result& result, std::vector<NamedDocument> all, const std::string& own_name) {
  std::erase_if(all, [&](const NamedDocument& one) { return one.name == own_name; });
  result.documents = std::move(all);
}

std::string node_name_in_folder(const RunDocument& node) {
  return "nodes/" + node.path().filename().string();
}

void prepare_end(RunDocument& document, RunStatus status) {
  document.result().status = status;
  document.result().run.finished = utc_now();
}

std::string encoded(const std::vector<NamedDocument>& hashes) {
  std::vector<std::string> words;
  for (const NamedDocument& hash : hashes) {
    words.push_back(hash.name);
    words.push_back(hash.sha256);
  }
  return rendezvous::encode_list(words);
}

std::vector<NamedDocument> decoded(const std::string& bytes) {
  const std::vector<std::string> words = rendezvous::decode_list(bytes);
  std::vector<NamedDocument> hashes;
  for (std::size_t at = 0; at + 1 < words.size(); at += 2)
    hashes.push_back({words[at], words[at + 1]});
  return hashes;
}

/// Every document of the run, the same list on every rank.
std::vector<NamedDocument> hashes_of_all(rendezvous::Client& client, const RunDocument& node,
                                         const RunDocument* fabric) {
  const NamedDocument mine{node_name_in_folder(node), content_sha256(node.result())};
  const std::vector<std::string> gathered = client.gather("hashes", encoded({mine}));
  if (client.rank() != 0) return decoded(client.get("hashes of all"));
  std::vector<NamedDocument> all;
  for (const std::string& one : gathered) all.push_back(decoded(one).at(0));
  if (fabric != nullptr) all.push_back({kFabricName, content_sha256(fabric->result())});
  client.set("hashes of all", encoded(all));
  return all;
}

}  // namespace

FabricFolder::FabricFolder(fs::path folder) : folder_(std::move(folder)) {
  std::error_code failure;
  fs::create_directories(folder_ / "nodes", failure);
  const bool writable = !failure && access((folder_ / "nodes").c_str(), W_OK | X_OK) == 0 &&
                        access(folder_.c_str(), W_OK | X_OK) == 0;
  if (!writable)
    throw Error(
        fmt::format("cannot write into the folder {}: {}; with several ranks -o names a "
                    "folder",
                    folder_.string(), failure ? failure.message() : std::strerror(errno)));
}

fs::path FabricFolder::node_document(int rank, const std::string& node) const {
  std::string plain;
  for (const char c : node)
    plain += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return folder_ / "nodes" / fmt::format("rank{:04}-{}.json", rank, plain.substr(0, 200));
}

fs::path default_folder(const std::string& profile_name) {
  return default_output(profile_name).stem();
}

void end_documents(rendezvous::Client& client, const FabricFolder& folder, RunStatus status,
                   RunDocument& node, RunDocument* fabric) {
  prepare_end(node, status);
  if (fabric != nullptr) prepare_end(*fabric, status);
  const std::vector<NamedDocument> all = hashes_of_all(client, node, fabric);
  add_others(node.result(), all, node_name_in_folder(node));
  node.write();
  const std::vector<std::string> texts = client.gather("documents", read_text(node.path()));
  if (fabric == nullptr) return;
  for (std::size_t rank = 1; rank < texts.size(); ++rank)
    write_text(texts[rank], folder.path() / all.at(rank).name);
  add_others(fabric->result(), all, kFabricName);
  fabric->write();
}

}  // namespace assay::cli
