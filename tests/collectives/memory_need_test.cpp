// What the ranks of a collective say that they need, against what a process of several really
// takes.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "collectives/collective_case.h"
#include "collectives/collective_run.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"
#include "tests/peak_memory.h"

namespace assay {
namespace {

constexpr int kRanks = 4;

/// One rank: its buffers, the check of its answer, and one more call.
void take_part(Communicator& communicator, const Collective& collective, std::size_t bytes) {
  test::PlainDevice device;
  CollectiveCaseSetup setup;
  setup.communicator = setup.words = &communicator;
  setup.collective = &collective;
  setup.device = &device;
  setup.bytes = bytes;
  setup.seed = 1;
  setup.record = std::make_shared<CollectiveRecord>();
  CollectiveCase timed(std::move(setup));
  if (!timed.verify().ok()) throw Error("it is wrong");
  timed.enqueue(0);
  timed.finish();
}

/// Wants many operand sets.
class LargeCache final : public test::PlainDevice {
 public:
  std::size_t cache_bytes() const override { return std::size_t{1} << 30; }
};

TEST_SUITE("unit") {
  TEST_CASE("ranks whose caches differ rotate through as many sets and refuse nothing") {
    test::need_gloo();
    std::vector<Measurement> seen[2];
    test::on_every_rank(2, [&](Communicator& communicator) {
      test::PlainDevice small;
      LargeCache large;
      const int rank = communicator.rank();
      CollectiveRunOptions options;
      options.sampling = {3, 0.001, 0.5, 0.5};
      options.members = {"a", "b"};
      options.is_first_of_process = rank == 0;
      options.on_group = [&](const std::vector<Measurement>& all) {
        seen[rank].insert(seen[rank].end(), all.begin(), all.end());
      };
      const std::vector<CollectiveGroup> groups = {
          {find_collective("all_reduce"), "f32", std::size_t{1} << 20, Series::cold, {"gloo"}}};
      Device& own = rank == 0 ? static_cast<Device&>(small) : large;
      CHECK(run_collectives(communicator, own, groups, options));
    });
    for (const auto& of_rank : seen) {
      REQUIRE(of_rank.size() == 1);
      CHECK(of_rank[0].status == MeasurementStatus::measured);
      CHECK(of_rank[0].telemetry.at("operand_sets") == seen[0].at(0).telemetry.at("operand_sets"));
    }
  }

  TEST_CASE("the local ranks of a collective take the memory that they say that they need") {
    test::need_gloo();
    constexpr std::size_t kBytes = std::size_t{24} << 20;
    for (const auto& collective : collectives()) {
      CAPTURE(collective->workload());
      const auto run = [&](std::size_t bytes) {
        test::on_every_rank(kRanks, [&](Communicator& communicator) {
          take_part(communicator, *collective, bytes);
        });
      };
      const double peak = test::peak_bytes([&] { run(4096); }, [&] { run(kBytes); });
      const double said =
          kRanks * static_cast<double>(operand_bytes(*collective, kBytes, Dtype::f32, kRanks));
      CAPTURE(said / 0x1p20);
      CAPTURE(peak / 0x1p20);
      // A case is refused when its buffers take more than half of what is free.
      CHECK(peak < 2 * said);
      CHECK(peak > 0.7 * said);  // the first rank has the most
    }
  }
}

}  // namespace
}  // namespace assay
