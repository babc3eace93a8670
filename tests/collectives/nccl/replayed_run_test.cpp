// Samples that each rank's own clock times, and series that are replayed: the GPUs are host memory,
// their clocks say what the test has them say, and NCCL is the stub.
#include <doctest/doctest.h>

#include <mutex>
#include <set>

#include "collectives/collective_run.h"
#include "collectives/nccl/cuda/communicator.h"
#include "harness/fabric/curve_fits.h"
#include "harness/measure/instrument.h"
#include "tests/collectives/nccl/stub_node.h"
#include "tests/collectives/plain_device.h"

using namespace assay;

namespace {

constexpr double kIteration_s = 1e-3;

/// What happened to a device's batches, in order.
struct Journal {
  std::vector<std::string> steps;
};

/// Every iteration takes `iteration_s`, whatever the host's clock says.
class TellingClock final : public BatchClock {
 public:
  TellingClock(Journal& journal, double iteration_s, bool refuses)
      : journal_(journal), iteration_s_(iteration_s), refuses_(refuses) {}
  bool is_prepared(const Batch& batch) const override {
    return prepared_.contains(batch.iterations);
  }
  void prepare(const Batch& batch) override {
    if (refuses_) throw Error("the case cannot be captured");
    journal_.steps.push_back("prepared");
    prepared_.insert(batch.iterations);
  }
  void enqueue(const Batch& batch) override {
    CHECK(is_prepared(batch));
    journal_.steps.push_back("enqueued");
    batch.enqueue_all();
    iterations_ = batch.iterations;
  }
  double elapsed_s() override { return iteration_s_ * static_cast<double>(iterations_); }

 private:
  Journal& journal_;
  double iteration_s_;
  bool refuses_;
  std::set<std::size_t> prepared_;
  std::size_t iterations_ = 0;
};

class ClockedDevice final : public test::PlainDevice, public Instrument {
 public:
  Instrument& instrument() override { return *this; }
  std::unique_ptr<Timer> make_timer(Series, std::string&) override { return nullptr; }
  std::unique_ptr<BatchClock> make_batch_clock(Series) override {
    return std::make_unique<TellingClock>(journal, iteration_s, refuses);
  }
  Telemetry& telemetry() override { throw Error("nobody asks for it"); }
  void record_clock(double) override {}

  Journal journal;
  double iteration_s = kIteration_s;
  bool refuses = false;
};

/// An all-reduce of all devices in `series`, as the first of them has it.
Measurement all_reduce_of(test::StubNode<ClockedDevice>& node, Series series) {
  std::vector<Measurement> measured;
  node.ranks->each([&](LocalRank& rank) {
    CollectiveRunOptions options;
    options.sampling = {3, 0.005, 0.2, 0.5};
    options.members = {"device0", "device1", "device2"};
    options.is_first_of_process = rank.is_first_of_process;
    if (rank.is_first_of_process)
      options.on_group = [&](const std::vector<Measurement>& group) { measured = group; };
    run_collectives(*rank.world, *rank.device,
                    {{find_collective("all_reduce"), "f32", 4000, series, {"nccl"}}}, options);
  });
  REQUIRE(measured.size() == 1);
  return measured.front();
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a sample is what the devices' own clocks say and the slowest device stands out") {
    test::StubNode<ClockedDevice> node(3);
    node.devices[2].iteration_s = 3 * kIteration_s;
    const Measurement one = all_reduce_of(node, Series::hot);
    CAPTURE(one.reason);
    REQUIRE(one.status == MeasurementStatus::measured);
    CHECK(one.samples->median_s == doctest::Approx(3 * kIteration_s));
    REQUIRE(one.ranks.size() == 3);
    CHECK(one.ranks[0].median_s == doctest::Approx(kIteration_s));
    CHECK(one.ranks[2].rank == 2);
    CHECK(one.ranks[2].median_s == doctest::Approx(3 * kIteration_s));
    CHECK(one.metrics.at("rank_spread") == doctest::Approx(2));
  }

  TEST_CASE("a graph series is captured once for each count and replayed once before it is timed") {
    test::StubNode<ClockedDevice> node(3);
    const Measurement one = all_reduce_of(node, Series::graph);
    CAPTURE(one.reason);
    REQUIRE(one.status == MeasurementStatus::measured);
    CHECK(one.series == Series::graph);
    Measurement larger = one;
    larger.id.shape = Shape{{"bytes", 8000}, {"ranks", 3}};
    CHECK(fits_of({one, larger}).at(0)["curve"] == "all_reduce.f32.nccl/ranks3 (graph)");
    for (const ClockedDevice& device : node.devices) {
      const auto& steps = device.journal.steps;
      REQUIRE(steps.size() > 2);
      CHECK(steps[0] == "prepared");
      CHECK(steps == node.devices[0].journal.steps);
      CHECK(static_cast<std::size_t>(std::count(steps.begin(), steps.end(), "enqueued")) >=
            static_cast<std::size_t>(one.samples->count) + 1);
    }
  }

  TEST_CASE("where one device cannot replay a case none does and nobody waits") {
    test::StubNode<ClockedDevice> node(3);
    node.devices[1].refuses = true;
    const Measurement one = all_reduce_of(node, Series::graph);
    CHECK(one.status == MeasurementStatus::error);
    CHECK(one.reason == "rank 1: the case cannot be captured");
  }
}
