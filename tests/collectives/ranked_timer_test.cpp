// A sample of many ranks: the slowest's time, whichever it is, and what only one of them knows.
#include "collectives/ranked_timer.h"

#include <doctest/doctest.h>

#include <array>

#include "collectives/collective.h"
#include "collectives/collective_run.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"

namespace assay {
namespace {

constexpr std::size_t kTimedRanks = 3;
using Times = std::array<double, kTimedRanks>;

class NothingTimed final : public TimedCase {
 public:
  Verification verify() override { return {}; }
  void enqueue(std::size_t) override {}
  std::size_t operand_sets() const override { return 1; }
  Work work() const override { return {}; }
};

/// A device's clock that reads what the test says.
class SaidClock final : public BatchClock {
 public:
  explicit SaidClock(double time_s) : time_s_(time_s) {}
  bool is_prepared(const Batch&) const override { return true; }
  void prepare(const Batch&) override {}
  void enqueue(const Batch&) override {}
  double elapsed_s() override { return time_s_; }

 private:
  double time_s_;
};

class RoomyDevice final : public test::PlainDevice {
 public:
  explicit RoomyDevice(std::size_t free_bytes) : free_bytes_(free_bytes) {}
  std::size_t free_memory_bytes() const override { return free_bytes_; }

 private:
  std::size_t free_bytes_;
};

std::size_t rank_of(Communicator& communicator) {
  return static_cast<std::size_t>(communicator.rank());
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a sample of many ranks is the slowest's time whichever rank it is") {
    test::need_gloo();
    for (const Times& times : {Times{3, 1, 2}, Times{1, 3, 2}, Times{1, 2, 3}, Times{2, 2, 1}}) {
      test::on_every_rank(kTimedRanks, [&](Communicator& communicator) {
        NothingTimed timed;
        std::atomic<bool> agreed{false};
        RankedTimer timer(communicator, nullptr, agreed,
                          std::make_unique<SaidClock>(times[rank_of(communicator)]));
        const Reading reading = timer.time(Batch{&timed, 0, 0, 1});
        CHECK(reading.time_s == *std::max_element(times.begin(), times.end()));
        CHECK(reading.ranks_s == std::vector<double>(times.begin(), times.end()));
        CHECK_FALSE(agreed.load());
      });
    }
  }

  TEST_CASE("a stop that one rank is asked for is agreed by all at the same sample") {
    test::need_gloo();
    for (std::size_t asked_rank = 0; asked_rank < kTimedRanks; ++asked_rank) {
      CAPTURE(asked_rank);
      test::on_every_rank(kTimedRanks, [&](Communicator& communicator) {
        NothingTimed timed;
        std::atomic<bool> agreed{false};
        const std::atomic<bool> asked{rank_of(communicator) == asked_rank};
        RankedTimer timer(communicator, &asked, agreed, std::make_unique<SaidClock>(1));
        timer.time(Batch{&timed, 0, 0, 1});
        CHECK(agreed.load());
      });
    }
  }

  TEST_CASE("a case fits where it fits the rank that has least memory") {
    test::need_gloo();
    constexpr std::size_t kBytes = 1 << 20, kPlenty = std::size_t{1} << 30;
    // In and out of one mebibyte each take half of what must be free.
    for (const auto& [least, fits] : {std::pair<std::size_t, bool>{4 * kBytes - 1, false},
                                      std::pair<std::size_t, bool>{4 * kBytes, true}}) {
      CAPTURE(least);
      test::on_every_rank(kTimedRanks, [&, least = least, fits = fits](Communicator& communicator) {
        RoomyDevice device(rank_of(communicator) == 1 ? least : kPlenty);
        const std::atomic<bool> stop{false};
        CollectiveRunOptions options;
        options.level = "cluster";
        options.members = {"a", "b", "c"};
        options.seed = 7;
        options.stop = &stop;
        options.is_first_of_process = communicator.rank() == 0;
        options.sampling.min_samples = 1;
        options.sampling.min_time_s = 0;
        options.sampling.max_time_s = 0.01;
        std::vector<Measurement> measured;
        options.on_group = [&](const std::vector<Measurement>& all) {
          measured.insert(measured.end(), all.begin(), all.end());
        };
        CollectiveGroup group;
        group.collective = find_collective("all_reduce");
        group.dtype = "f32";
        group.bytes = kBytes;
        group.series = Series::hot;
        group.implementations = {"gloo"};
        run_collectives(communicator, device, {group}, options);
        REQUIRE(measured.size() == 1);
        const MeasurementStatus expected =
            fits ? MeasurementStatus::measured : MeasurementStatus::not_applicable;
        CHECK(measured[0].status == expected);
      });
    }
  }
}

}  // namespace assay
