// The profiler plugin under a fake NCCL of every interface version, and what executables export.
#include "collectives/nccl/profiler.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/collectives/nccl/fake_nccl.h"

using namespace assay;
using test::FakeNccl;
namespace profiler = nccl::profiler;

namespace {

std::vector<std::string> exported_by(const std::string& executable) {
  const std::string command = std::string(ASSAY_NM) + " -D --defined-only '" + executable + "'";
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe);
  std::vector<std::string> names;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), pipe)) {
    std::string text = line.data();
    text = text.substr(0, text.find_last_not_of('\n') + 1);
    names.push_back(text.substr(text.rfind(' ') + 1));
  }
  REQUIRE(pclose(pipe) == 0);
  return names;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every version of NCCL's profiler interface tells the algorithm and protocol") {
    for (const test::ProfilerLayout& layout : test::kProfilerLayouts) {
      CAPTURE(layout.version);
      FakeNccl fake(layout);
      REQUIRE(fake.is_loaded());
      CHECK(std::string(fake.plugin_name()) == "assay");
      REQUIRE(fake.make_communicator(3) == 0);
      CHECK(profiler::interface_version() == layout.version);

      profiler::start();
      fake.collective(3, "AllReduce", "NVLS", "SIMPLE", 16, 1 << 20);
      fake.point_to_point(3, "Send", 4, 512);
      profiler::stop();
      const std::vector<profiler::Choice> told = profiler::take();
      REQUIRE(told.size() == 2);
      CHECK(told[0].function == "AllReduce");
      CHECK(told[0].algorithm == "NVLS");
      CHECK(told[0].protocol == "SIMPLE");
      CHECK(told[0].datatype == "ncclBfloat16");
      CHECK(told[0].count == 1 << 20);
      CHECK(told[0].channels == 16);
      CHECK(told[0].rank == 3);
      CHECK(told[1].function == "Send");
      CHECK(told[1].datatype == "ncclInt8");
      CHECK(told[1].count == 512);
      CHECK(told[1].channels == (layout.version >= 4 ? 4 : 0));
      CHECK(profiler::take().empty());
      CHECK(fake.end_communicator() == 0);
    }
  }

  TEST_CASE("NCCL is asked for nothing while the profiler is stopped") {
    FakeNccl fake(test::kProfilerLayouts[3]);
    REQUIRE(fake.make_communicator(0) == 0);
    CHECK(fake.mask() == 0);
    fake.collective(0, "AllReduce", "RING", "LL", 2, 8);
    profiler::start();
    CHECK(fake.mask() != 0);
    fake.collective(0, "AllGather", "RING", "LL128", 2, 8);
    profiler::stop();
    CHECK(fake.mask() == 0);
    const auto told = profiler::take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].function == "AllGather");
  }

  TEST_CASE("operations that nobody takes are told up to a limit and again once they are taken") {
    FakeNccl fake(test::kProfilerLayouts[3]);
    REQUIRE(fake.make_communicator(0) == 0);
    profiler::start();
    constexpr int kLimit = 65536;
    for (int i = 0; i < kLimit + 2; ++i) fake.collective(0, "AllReduce", "RING", "LL", 1, 8);
    CHECK(profiler::take().size() == kLimit);
    fake.collective(0, "Broadcast", "RING", "LL", 1, 8);
    profiler::stop();
    CHECK(profiler::take().size() == 1);
  }

  TEST_CASE("ranks that are threads of one process are told apart") {
    FakeNccl first(test::kProfilerLayouts[3]);
    REQUIRE(first.make_communicator(0) == 0);
    profiler::start();
    std::vector<std::thread> ranks;
    for (int rank = 0; rank < 4; ++rank) {
      ranks.emplace_back([rank] {
        FakeNccl fake(test::kProfilerLayouts[3]);
        fake.make_communicator(rank);
        for (int i = 0; i < 100; ++i) fake.collective(rank, "Broadcast", "RING", "LL", 1, 8);
      });
    }
    for (std::thread& rank : ranks) rank.join();
    profiler::stop();
    std::array<int, 4> by_rank{};
    for (const auto& choice : profiler::take()) ++by_rank.at(static_cast<std::size_t>(choice.rank));
    CHECK(by_rank == std::array{100, 100, 100, 100});
  }

  TEST_CASE("the executable exports the profiler plugin and none of our own names") {
    int plugins = 0;
    for (const std::string& name : exported_by(ASSAY_EXECUTABLE)) {
      CAPTURE(name);
      if (name.starts_with("ncclProfiler_v")) ++plugins;
      CHECK(name.find("5assay") == std::string::npos);  // a name in our namespace
    }
    CHECK(plugins == 4);
  }
}
