// Several ranks in one process: in step through the sampler, and what becomes of the others when
// one breaks. Gloo over loopback joins them, as NCCL does where there are GPUs.
#include "collectives/local_ranks.h"

#include <doctest/doctest.h>

#include <chrono>

#include "collectives/collective_run.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"

namespace assay {
namespace {

/// Three ranks in two processes, of which the second has two.
struct TwoProcesses {
  explicit TwoProcesses(double seconds) : deadline_s(seconds) {}

  std::unique_ptr<LocalRanks> join(int first, const std::vector<Device*>& own) {
    return std::make_unique<LocalRanks>(first, own, [this](int rank, Device&) {
      return open_gloo(test::gloo_options(store, rank, 3, deadline_s));
    });
  }
  /// `step` in every rank of both; what a process throws comes back.
  std::vector<std::exception_ptr> each(const std::function<void(LocalRank&)>& step) {
    std::vector<std::exception_ptr> thrown(2);
    const auto process = [&](std::size_t index, int first, const std::vector<Device*>& own) {
      try {
        join(first, own)->each(step);
      } catch (...) {
        thrown[index] = std::current_exception();
      }
    };
    std::thread second([&] { process(1, 1, {&devices[1], &devices[2]}); });
    process(0, 0, {&devices[0]});
    second.join();
    return thrown;
  }

  double deadline_s;
  test::MemoryStore store;
  test::PlainDevice devices[3];
};

std::string message_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST_SUITE("integration") {
  TEST_CASE("ranks that are threads of two processes measure collectives in step") {
    test::need_gloo();
    TwoProcesses world(20);
    std::vector<Measurement> seen[3];
    const auto thrown = world.each([&](LocalRank& rank) {
      CollectiveRunOptions options;
      options.sampling = {3, 0.001, 0.5, 0.5};
      options.members = {"a", "b/device0", "b/device1"};
      // Google Benchmark is one for the process, and here one process plays two.
      options.is_first_of_process = rank.rank == 0;
      options.on_group = [&](const std::vector<Measurement>& measurements) {
        auto& to = seen[rank.rank];
        to.insert(to.end(), measurements.begin(), measurements.end());
      };
      std::vector<CollectiveGroup> groups;
      for (const char* name : {"all_reduce", "send_recv"})
        groups.push_back({find_collective(name), "f32", 4000, Series::hot, {"gloo"}});
      CHECK(run_collectives(*rank.world, *rank.device, groups, options));
    });
    for (const auto& one : thrown) CHECK_FALSE(one);
    for (const auto& of_rank : seen) {
      REQUIRE(of_rank.size() == 2);
      for (std::size_t i = 0; i < 2; ++i) {
        CHECK(of_rank[i].status == MeasurementStatus::measured);
        CHECK(of_rank[i].ranks.size() == 3);
        CHECK(of_rank[i].samples->values_s == seen[0][i].samples->values_s);
      }
    }
  }

  TEST_CASE("what one rank breaks by ends the ranks beside it and is what is told") {
    test::need_gloo();
    TwoProcesses world(2);
    const auto begin = std::chrono::steady_clock::now();
    const auto thrown = world.each([](LocalRank& rank) {
      rank.world->barrier();
      if (rank.rank == 2) throw Error("a device broke");
      for (;;) rank.world->barrier();
    });
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
    REQUIRE(thrown[0]);
    CHECK_THROWS_AS(std::rethrow_exception(thrown[0]), LostPeer);
    REQUIRE(thrown[1]);
    CHECK(message_of(thrown[1]) == "a device broke");
  }
}

}  // namespace
}  // namespace assay
