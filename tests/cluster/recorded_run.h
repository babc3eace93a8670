// A run from its first look to its collected documents, on answers of a real cluster that a test
// may have edited.
#pragma once

#include <fmt/format.h>

#include "harness/cluster/archive.h"
#include "harness/cluster/collect.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

/// A recorded list of objects, and since when, by the clock of the replay, it is the answer.
struct Moment {
  double from_s;
  Json list;
};

/// Those items of a recorded list whose names contain `named`.
inline Json recorded_list(const std::string& file, const std::string& named = "") {
  Json list = parse_json(recorded(file), file);
  std::erase_if(list["items"].get_ref<Json::array_t&>(), [&](const Json& item) {
    return item["metadata"]["name"].get<std::string>().find(named) == std::string::npos;
  });
  return list;
}

/// The items of `list` of a kind.
inline std::vector<Json*> of_kind(Json& list, const char* kind) {
  std::vector<Json*> found;
  for (Json& item : list["items"])
    if (item["kind"] == kind) found.push_back(&item);
  return found;
}

/// A cluster in which one run is, and whose pods hold the files of a folder.
class RecordedRun : public KubectlOnPaper {
 public:
  RecordedRun(std::vector<Moment> moments, Json slices)
      : moments_(std::move(moments)), slices_(std::move(slices)) {}

  /// What every pod that ran at the last moment has written, as rank 0 holds it.
  template <class Write>
  void hold(const Write& document_of) {
    const Json& list = moments_.back().list;
    for (const cluster::Pod& pod : cluster::read_snapshot(list.dump()).pods)
      write_document(to_json(document_of(pod)), DocumentKind::result,
                     held_.path() / (pod.name + ".json"));
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("get events")) return {0, R"({"items": []})", ""};
    if (line.starts_with("get nodes")) return {0, recorded("discovery/nodes.json"), ""};
    if (line.starts_with("get resourceslices")) return {0, slices_.dump(), ""};
    if (line.find("--acknowledge") != std::string::npos) return {0, "", ""};
    if (line.starts_with("exec")) return {0, cluster::pack(held_.path()), ""};
    return {0, asked_for(call.words, now()), ""};
  }

  /// As `assay cluster run` does it once the run is applied; the documents of the collected folder.
  std::vector<Result> collect(int nodes, const std::string& gang) {
    cluster::Inventory inventory = two_nodes();
    inventory.api_versions.push_back("scheduling.k8s.io/v1alpha2");
    inventory.devices = cluster::read_slices(slices_.dump()).devices;
    const cluster::Target target{"bench", "r1"};
    const cluster::Pace patience = pace(600);
    cluster::Memory memory;
    memory.gang = GangFacts{gang, nodes, 0};
    cluster::wait_until_running(*this, target, nodes, inventory, patience, memory);
    const ScratchFolder scratch;
    cluster::collect(*this, target, inventory, patience, memory, scratch.path());
    std::vector<Result> results;
    for (const auto& path : expand_paths({scratch.path().string()}))
      results.push_back(read_result(path));
    return results;
  }

 private:
  const Json& now() const {
    const Json* list = &moments_.front().list;
    for (const Moment& moment : moments_)
      if (now_s >= moment.from_s) list = &moment.list;
    return *list;
  }

  std::vector<Moment> moments_;
  Json slices_;
  ScratchFolder held_;
};

}  // namespace assay::test
