// A barrier for late processes, then one text from each process, then the joined result.
#include "harness/run/gather.h"

#include <fmt/format.h>

#include "collectives/rendezvous/wire.h"
#include "harness/core/document.h"
#include "harness/core/result_fields.h"

namespace assay::run {

namespace {

std::string text_of(const Gathered& own) {
  return Json{{"whole", own.whole}, {"measurements", written(own.measurements)}}.dump();
}

Gathered together_of(const std::vector<std::string>& texts) {
  Gathered all;
  for (std::size_t process = 0; process < texts.size(); ++process) {
    const Json one = parse_json(texts[process], fmt::format("measurements of process {}", process));
    all.whole &= one.at("whole").get<bool>();
    std::vector<Measurement> measurements;
    read_value(one.at("measurements"), measurements, Place());
    all.measurements.insert(all.measurements.end(), measurements.begin(), measurements.end());
  }
  return all;
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

}  // namespace

Gathered gather_measurements(rendezvous::Client* client, const std::string& name, Gathered own,
                             double patience_s) {
  if (client == nullptr) return own;
  client->barrier(name + " measured", patience_s);
  const std::vector<std::string> texts = client->gather(name, text_of(own));
  const std::string key = name + " whole";
  if (client->rank() != 0) return {{}, client->get(key) == "yes"};
  Gathered all = together_of(texts);
  client->set(key, all.whole ? "yes" : "no");
  return all;
}

std::vector<NamedDocument> gather_hashes(rendezvous::Client* client, const DocumentHashes& own) {
  std::vector<NamedDocument> all;
  if (client == nullptr) {
    all.push_back(own.node);
  } else {
    const std::vector<std::string> gathered = client->gather("hashes", encoded({own.node}));
    if (client->rank() != 0) return decoded(client->get("hashes of all"));
    for (const std::string& one : gathered) all.push_back(decoded(one).at(0));
  }
  if (own.shared) all.push_back(*own.shared);
  if (client != nullptr) client->set("hashes of all", encoded(all));
  return all;
}

}  // namespace assay::run
