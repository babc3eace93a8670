// What follows from measurements between ranks, and how the documents of several ranks end: hashes
// first, then the documents that name them, because what a document says of the others is no part
// of its own hash.
#include "harness/run/documents.h"

#include <algorithm>
#include <utility>

#include "collectives/pair_rounds.h"
#include "harness/core/content_hash.h"
#include "harness/core/device_light.h"
#include "harness/core/document.h"
#include "harness/fabric/curve_fits.h"
#include "harness/run/newest.h"

namespace assay::run {

namespace {

constexpr const char* kNodes = "nodes/";

void add_others(Result& result, std::vector<NamedDocument> all, const std::string& own_name) {
  std::erase_if(all, [&](const NamedDocument& one) { return one.name == own_name; });
  result.documents = std::move(all);
}

/// A fresh worker measures a host's bound anew; the first worker's is as true.
void keep_higher_bounds(const std::vector<NodeFacts>& before, std::vector<NodeFacts>& nodes) {
  for (const NodeFacts& node : before)
    for (const DeviceFacts& known : node.devices)
      for (NodeFacts& other : nodes)
        for (DeviceFacts& device : other.devices)
          if (device.uuid == known.uuid && device.sku == "host")
            device.speed_of_light.memory_bytes_per_s = std::max(
                device.speed_of_light.memory_bytes_per_s, known.speed_of_light.memory_bytes_per_s);
}

}  // namespace

Documents::Documents(DocumentPlaces places, Result first)
    : places_(std::move(places)), node_(places_.node, std::move(first)) {}

void Documents::describe(const Result& node) {
  Result& own = node_.result();
  const std::vector<NodeFacts> before = std::exchange(own.nodes, node.nodes);
  own.simulated = node.simulated;
  own.run = node.run;
  own.software = node.software;
  keep_higher_bounds(before, own.nodes);
  settle_host_bound(own);
}

void Documents::write() {
  is_begun_ = true;
  node_.write();
}

void Documents::begin_between_ranks(const FabricFacts& fabric, const IsolationFacts& isolation) {
  isolation_ = isolation;
  const bool has_own_file = !places_.between_ranks.empty();
  if (has_own_file) {
    Result first = node_.result();
    first.nodes.clear();
    first.measurements.clear();
    first.run.rank.reset();  // it is of all processes
    between_ranks_.emplace(places_.between_ranks, std::move(first));
  }
  Result& result = between_ranks().result();
  result.fabric = fabric;
  if (!has_own_file) result.documents.emplace();  // there are no others
  between_ranks().write();
}

void Documents::add(Part part, const std::vector<Measurement>& measurements) {
  RunDocument& document = part == Part::devices ? node_ : between_ranks();
  Result& result = document.result();
  for (const Measurement& measurement : measurements) {
    if (measurement.id.workload != kPairWorkload) {
      keep_newest(measurement, result.measurements);
    } else {
      result.links.push_back({measurement.scope.members.at(0), measurement.scope.members.at(1),
                              measurement.transport->kind, result.measurements.size()});
      result.isolation = isolation_;
      result.measurements.push_back(measurement);
    }
  }
  if (part == Part::devices) settle_host_bound(result);
  if (part == Part::between_ranks) result.fits = fits_of(result.measurements);
  document.write();
}

DocumentHashes Documents::end(RunStatus status) {
  node_.set_end(status);
  if (between_ranks_) between_ranks_->set_end(status);
  const bool is_alone = places_.between_ranks.empty();
  if (is_alone) node_.write();
  DocumentHashes hashes{
      {(is_alone ? "" : kNodes) + places_.node.filename().string(), content_sha256(node_.result())},
      std::nullopt};
  if (between_ranks_)
    hashes.shared = {places_.between_ranks.filename().string(),
                     content_sha256(between_ranks_->result())};
  return hashes;
}

void Documents::name_others(const std::vector<NamedDocument>& all) {
  add_others(node_.result(), all, kNodes + places_.node.filename().string());
  node_.write();
}

void Documents::keep_others(const std::vector<NamedDocument>& all,
                            const std::vector<std::string>& texts) {
  for (std::size_t rank = 1; rank < texts.size(); ++rank)
    write_text(texts[rank], places_.where / all.at(rank).name);
  if (!between_ranks_) return;  // the profile asks for nothing between ranks
  add_others(between_ranks_->result(), all, places_.between_ranks.filename().string());
  between_ranks_->write();
}

void Documents::fail(const std::string& reason) noexcept {
  if (!places_.taken.empty()) return;
  node_.fail(reason);
  if (between_ranks_) between_ranks_->fail(reason);
}

}  // namespace assay::run
