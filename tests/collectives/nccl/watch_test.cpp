// NCCL's report and choices put together, communicator by communicator, under a fake NCCL.
#include "collectives/nccl/watch.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/collectives/nccl/fake_nccl.h"

using namespace assay;
using nccl::Watch;

namespace {

struct ReportFolder {
  ReportFolder() {
    char pattern[] = "/tmp/assay-watch-XXXXXX";
    path = mkdtemp(pattern);
  }
  ~ReportFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path report() const { return path / "report.txt"; }
  std::filesystem::path path;
};

void nccl_writes(const ReportFolder& folder, const std::string& recorded) {
  std::ifstream from(std::string(ASSAY_NCCL_REPORTS) + "/" + recorded + ".txt", std::ios::binary);
  REQUIRE(from);
  std::ofstream(folder.report(), std::ios::app | std::ios::binary) << from.rdbuf();
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "unset";
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("an operation is told with its communicator's transport and its own algorithm") {
    const ReportFolder folder;
    Watch watch(folder.report());
    CHECK(variable("NCCL_DEBUG_FILE") == folder.report().string());
    CHECK(variable("NCCL_PROFILER_PLUGIN") == "STATIC_PLUGIN");
    watch.begins("world");
    watch.begins("world");  // the other rank of this process
    nccl_writes(folder, "ib_gdr");
    watch.begins("in the node");
    nccl_writes(folder, "h100_nvls");

    test::FakeNccl fake(test::kProfilerLayouts[3]);
    fake.make_communicator(2);
    {
      const nccl::Listening outer;
      { const nccl::Listening inner; }
      fake.collective(2, "AllReduce", "NVLS", "SIMPLE", 12, 1 << 20, "ncclFloat32");
      fake.collective(2, "AllReduce", "RING", "LL", 2, 8, "ncclFloat32");
    }
    fake.collective(2, "AllReduce", "TREE", "LL", 1, 8, "ncclFloat32");  // nobody listens

    const nccl::ObservedTransport large =
        watch.observed("in the node", 2, {"AllReduce", "ncclFloat32", 1 << 20});
    CHECK(large.algorithm == "nvls");
    CHECK(large.protocol == "simple");
    CHECK(large.channels == 12);
    CHECK(large.kind == "nvls");
    const nccl::ObservedTransport small =
        watch.observed("world", 2, {"AllReduce", "ncclFloat32", 8});
    CHECK(small.algorithm == "ring");
    CHECK(small.protocol == "ll");
    CHECK(small.kind == "ib_gdr+nvlink");
    CHECK(small.nics == std::vector<std::string>{"mlx5_0:1", "mlx5_1:1"});
    const nccl::ObservedTransport other =
        watch.observed("world", 3, {"AllReduce", "ncclFloat32", 8});
    CHECK(other.algorithm == "");
    CHECK(other.kind == "ib_gdr+nvlink");
    CHECK(watch.observed("never made", 2, {}).kind == "unknown");
  }

  TEST_CASE("a report that NCCL never wrote leaves the transport unknown and says why") {
    const ReportFolder folder;
    Watch watch(folder.report());
    watch.begins("world");
    const nccl::ObservedTransport observed =
        watch.observed("world", 0, {"AllReduce", "ncclFloat32", 8});
    CHECK(observed.kind == "unknown");
    CHECK(observed.warnings == std::vector<std::string>{"the report tells of no communicator"});
  }

  TEST_CASE(
      "the report of an earlier run is not taken for this one and no sign in its path is a "
      "pattern") {
    const ReportFolder folder;
    const auto report = folder.path / "100%h" / "report.txt";
    std::filesystem::create_directory(report.parent_path());
    std::ofstream(report) << "what another run wrote";
    const Watch watch(report);
    CHECK_FALSE(std::filesystem::exists(report));
    CHECK(variable("NCCL_DEBUG_FILE") == (folder.path / "100%%h" / "report.txt").string());
  }

  TEST_CASE("an algorithm is forced and set free again") {
    Watch::force("ring", "simple");
    CHECK(variable("NCCL_ALGO") == "ring");
    CHECK(variable("NCCL_PROTO") == "simple");
    Watch::force("nvls", "");
    CHECK(variable("NCCL_ALGO") == "nvls");
    CHECK(variable("NCCL_PROTO") == "unset");
    Watch::force("", "");
    CHECK(variable("NCCL_ALGO") == "unset");
  }
}
