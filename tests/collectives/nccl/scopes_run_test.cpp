// The document of a process that measures what is between its GPUs: all of them, then each scope.
// The GPUs are host memory and NCCL is the stub.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "collectives/nccl/cuda/communicator.h"
#include "harness/run/between_ranks.h"
#include "harness/run/documents.h"
#include "tests/collectives/plain_device.h"

using namespace assay;

namespace {

constexpr int kGpusOfNode = 4;

/// Measurements into the document of a process alone.
struct DocumentSink final : run::Sink {
  explicit DocumentSink(run::Documents& all) : documents(all) {}
  void under_way(const run::Step&) override {}
  void at_case(std::size_t) noexcept override {}
  void member_ended(const Measurement&) override {}
  void measured(run::Part part, const std::vector<Measurement>& measurements) override {
    documents.add(part, measurements);
  }
  run::Documents& documents;
};

/// A node of GPUs on two sockets, whose NVLink joins all of them.
struct TwoSockets {
  explicit TwoSockets(const std::string& version = "2.28") {
    setenv("ASSAY_CUDA_LIBS", (ASSAY_NCCL_STUBS "/" + version).c_str(), 1);
    symbols = nccl::Symbols::open();
    symbols->call().get_unique_id(&id);
    world.nodes = {"here"};
    world.racks = {""};
    for (int rank = 0; rank < kGpusOfNode; ++rank) {
      RankPlace& place = world.places.emplace_back();
      place.rank = rank;
      place.node = "here";
      place.device = "GPU-" + std::to_string(rank);
      place.nvlink_domain = "here/nvlink0";
      place.numa_node = rank < 2 ? "here/numa0" : "here/numa1";
      place.nvlink_bytes_per_s = 1e15;  // the stub copies in memory
      local.push_back(&gpus[rank]);
    }
    Result result;
    result.run.id = "2026-11-23-0001";
    result.run.started = "2026-11-23T17:40:00.000Z";
    result.run.profile_name = "scopes";
    result.run.profile_sha256 = std::string(64, 'a');
    result.run.backend = "cuda";
    result.run.command = {"assay"};
    result.run.world_size = kGpusOfNode;
    result.nodes.emplace_back().name = "here";
    const std::string name = "assay-scopes-run-" + std::to_string(getpid()) + ".json";
    const std::filesystem::path path = std::filesystem::temp_directory_path() / name;
    documents.emplace(run::DocumentPlaces{path, path, {}, {}}, result);
    documents->begin_between_ranks({world.nodes, world.racks}, {});
  }
  ~TwoSockets() {
    std::filesystem::remove(documents->where());
    std::filesystem::remove(report());
  }
  std::filesystem::path report() const {
    return std::filesystem::path(documents->where()).replace_extension(".nccl.txt");
  }

  /// As measure(), listened to.
  bool watch(const std::vector<AskedGroup>& asked) {
    watching = std::make_shared<nccl::Watch>(report());
    return measure(asked);
  }
  bool measure(const std::vector<AskedGroup>& asked) {
    LocalRanks ranks(0, local, [this](int rank, Device& device) {
      return std::make_unique<NcclCommunicator>(
          nccl::HandleOptions{symbols, id, rank, kGpusOfNode, 20},
          NcclGpu{&device, [] { return true; }, 90}, watching);
    });
    DocumentSink sink(*documents);
    return run::measure_between_ranks(
        asked, {world, {3, 0.001, 0.2, 0.5}, ranks, nullptr, 5, 7, &stop}, sink);
  }
  const std::vector<Measurement>& measurements() const { return documents->shown().measurements; }

  std::shared_ptr<const nccl::Symbols> symbols;
  ncclUniqueId id{};
  test::PlainDevice gpus[kGpusOfNode];
  std::vector<Device*> local;
  run::World world;
  std::optional<run::Documents> documents;
  std::atomic<bool> stop{false};
  std::shared_ptr<nccl::Watch> watching;
};

/// Of all ranks and of each socket's.
std::vector<AskedGroup> asked(const std::string& workload, const std::vector<const char*>& shapes,
                              const std::vector<std::string>& implementations) {
  Profile profile;
  ProfileCases line{workload, "cuda", {"f32"}, implementations, {}, {Series::hot}};
  for (const char* shape : shapes) line.shapes.push_back(Shape::parse(shape));
  profile.cases = {line};
  return asked_cases(profile, {"cuda", kGpusOfNode, {kGpusOfNode, kGpusOfNode / 2}});
}

std::vector<AskedGroup> reductions() {
  return asked("all_reduce", {"bytes4096", "bytes65536"}, {"nccl", "nccl_in_place"});
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a process measures its GPUs together and on each socket and says what light allows") {
    TwoSockets node;
    CHECK(node.measure(reductions()));
    std::map<std::string, int> seen;
    for (const Measurement& measurement : node.measurements()) {
      CAPTURE(measurement.id.str());
      CAPTURE(measurement.reason);
      REQUIRE(measurement.status == MeasurementStatus::measured);
      ++seen[measurement.scope.level + " of " + measurement.scope.members.front()];
      CHECK(measurement.ranks.size() == measurement.scope.members.size());
      CHECK(measurement.speed_of_light_fraction.value_or(0) > 0);
      CHECK(measurement.metrics.contains("rank_spread"));
    }
    CHECK(seen == std::map<std::string, int>{{"node of here/device0", 4},
                                             {"numa_node of here/device0", 4},
                                             {"numa_node of here/device2", 4}});
    CHECK(node.documents->shown().fits.size() >= 6);
  }

  TEST_CASE("forced algorithms and registered memory are measured beside the choice of NCCL") {
    TwoSockets node;
    std::vector<AskedGroup> groups =
        asked("all_reduce", {"bytes4096"},
              {"nccl", "nccl_ring", "nccl_tree", "nccl_nvls", "nccl_registered", "nccl_other"});
    for (const AskedGroup& group : asked("all_gather", {"bytes4096"}, {"nccl_tree"}))
      groups.push_back(group);
    CHECK(node.watch(groups));
    std::map<std::string, std::string> seen;  // over all, by implementation
    for (const Measurement& measurement : node.measurements()) {
      if (measurement.scope.level != "node" || measurement.id.workload != "all_reduce") continue;
      seen[measurement.id.implementation] = measurement.status == MeasurementStatus::measured
                                                ? measurement.transport->algorithm
                                                : measurement.reason;
    }
    CHECK(seen["nccl"] == "ring");
    CHECK(seen["nccl_ring"] == "ring");
    CHECK(seen["nccl_tree"] == "tree");
    CHECK(seen["nccl_registered"] == "ring");
    CHECK(seen["nccl_nvls"] ==
          "nvls could not be forced: the library took ring where it was forced to nvls");
    CHECK(seen["nccl_other"] ==
          "the ranks are joined by nccl, which has no implementation "
          "nccl_other");
    const Measurement& gathered = node.measurements().at(6);
    CHECK(gathered.id.workload == "all_gather");
    CHECK(gathered.reason == "NCCL does not do this by tree");
    CHECK(std::getenv("NCCL_ALGO") == nullptr);
  }

  TEST_CASE("what an older NCCL lacks is not measured and the reason names it") {
    TwoSockets node("2.18");
    CHECK(
        node.measure(asked("all_reduce", {"bytes4096"}, {"nccl", "nccl_ring", "nccl_registered"})));
    std::map<std::string, std::string> why_not;
    for (const Measurement& measurement : node.measurements()) {
      if (measurement.scope.level != "node") continue;
      why_not[measurement.id.implementation] = measurement.reason;
    }
    CHECK(why_not["nccl"] == "");
    CHECK(why_not["nccl_ring"] ==
          "ring could not be forced: the library did not tell which algorithm it took");
    CHECK(why_not["nccl_registered"] ==
          "registered buffers: off, NCCL 2.18.5 has no ncclMemAlloc (since 2.19)");
  }

  TEST_CASE("a wish to stop leaves what is inside a node unmeasured too") {
    TwoSockets node;
    node.stop = true;
    CHECK_FALSE(node.measure(reductions()));
    for (const Measurement& measurement : node.measurements())
      CHECK(measurement.scope.level == "node");
  }
}
