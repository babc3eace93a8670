// What follows from measurements between ranks, and how the documents of several ranks end: hashes
// first, then the documents that name them, because what a document says of the others is no part
// of its own hash.
#include "harness/run/documents.h"

#include "collectives/collective_run.h"
#include "collectives/pair_rounds.h"
#include "collectives/rendezvous/wire.h"
#include "harness/core/content_hash.h"
#include "harness/core/document.h"
#include "harness/run/between_ranks.h"

namespace assay::run {

namespace {

constexpr const char* kNodes = "nodes/";

void add_others(Result& result, std::vector<NamedDocument> all, const std::string& own_name) {
  std::erase_if(all, [&](const NamedDocument& one) { return one.name == own_name; });
  result.documents = std::move(all);
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

/// Every document of the run, the same list on every process.
std::vector<NamedDocument> hashes_of_all(rendezvous::Client* client, const NamedDocument& node,
                                         const std::optional<NamedDocument>& between_ranks) {
  std::vector<NamedDocument> all;
  if (client == nullptr) {
    all.push_back(node);
  } else {
    const std::vector<std::string> gathered = client->gather("hashes", encoded({node}));
    if (client->rank() != 0) return decoded(client->get("hashes of all"));
    for (const std::string& one : gathered) all.push_back(decoded(one).at(0));
  }
  if (between_ranks) all.push_back(*between_ranks);
  if (client != nullptr) client->set("hashes of all", encoded(all));
  return all;
}

}  // namespace

Documents::Documents(DocumentPlaces places, Result first)
    : places_(std::move(places)), node_(places_.node, std::move(first)) {}

void Documents::write() {
  is_begun_ = true;
  node_.write();
}

void Documents::begin_between_ranks(const World& world) {
  world_ = world;
  if (world.process != 0) return;
  const bool has_own_file = !places_.between_ranks.empty();
  if (has_own_file) {
    Result first = node_.result();
    first.nodes.clear();
    first.measurements.clear();
    between_ranks_.emplace(places_.between_ranks, std::move(first));
  }
  Result& result = between_ranks().result();
  result.fabric = FabricFacts{world.nodes, world.racks};
  if (!has_own_file) result.documents.emplace();  // there are no others
  between_ranks().write();
}

void Documents::add(Part part, const std::vector<Measurement>& measurements) {
  RunDocument& document = part == Part::devices ? node_ : between_ranks();
  Result& result = document.result();
  for (const Measurement& measurement : measurements) {
    if (measurement.id.workload == kPairWorkload) {
      result.links.push_back({measurement.scope.members.at(0), measurement.scope.members.at(1),
                              measurement.transport->kind, result.measurements.size()});
      if (!result.isolation)
        result.isolation = isolation_facts(pair_options(world_, result.run.seed));
    }
    result.measurements.push_back(measurement);
  }
  if (part == Part::between_ranks) result.fits = fits_of(result.measurements);
  document.write();
}

void Documents::finish(RunStatus status, rendezvous::Client* client) {
  node_.set_end(status);
  if (between_ranks_) between_ranks_->set_end(status);
  if (places_.between_ranks.empty()) return node_.write();
  const std::string own_name = kNodes + places_.node.filename().string();
  const std::string shared_name = places_.between_ranks.filename().string();
  std::optional<NamedDocument> shared;
  if (between_ranks_) shared = {shared_name, content_sha256(between_ranks_->result())};
  const std::vector<NamedDocument> all =
      hashes_of_all(client, {own_name, content_sha256(node_.result())}, shared);
  add_others(node_.result(), all, own_name);
  node_.write();
  if (client != nullptr) {
    const std::vector<std::string> texts = client->gather("documents", read_text(node_.path()));
    if (client->rank() != 0) return;
    for (std::size_t rank = 1; rank < texts.size(); ++rank)
      write_text(texts[rank], places_.where / all.at(rank).name);
  }
  if (!between_ranks_) return;  // the profile asks for nothing between ranks
  add_others(between_ranks_->result(), all, shared_name);
  between_ranks_->write();
}

void Documents::fail(const std::string& reason) noexcept {
  if (!places_.taken.empty()) return;
  node_.fail(reason);
  if (between_ranks_) between_ranks_->fail(reason);
}

}  // namespace assay::run
