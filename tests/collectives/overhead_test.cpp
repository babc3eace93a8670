// What our way of timing a collective costs, against a bare loop of the same Gloo calls on the same
// connections: two ranks, alternated, medians of 200.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <gloo/allreduce.h>
#include <gloo/barrier.h>
#include <malloc.h>
#include <sched.h>

#include <array>
#include <cstdlib>
#include <thread>

#include "collectives/collective_case.h"
#include "collectives/gloo/communicator.h"
#include "collectives/ranked_timer.h"
#include "harness/core/statistics.h"
#include "harness/measure/telemetry.h"
#include "tests/collectives/gloo_world.h"
#include "tests/collectives/plain_device.h"
#include "tests/not_run.h"

namespace assay {
namespace {

constexpr int kSamples = 200;

/// Seconds of one iteration, by sample, of one rank's bare loop and of ours.
struct RankSeries {
  std::vector<double> bare, ours;
};

double bare_loop(const std::shared_ptr<gloo::Context>& context, Buffer& in, Buffer& out,
                 std::size_t iterations) {
  const auto floats = [](Buffer& buffer) { return static_cast<float*>(buffer.data()); };
  gloo::BarrierOptions together(context);
  gloo::barrier(together);
  const double begin = steady_seconds();
  for (std::size_t i = 0; i < iterations; ++i) {
    gloo::AllreduceOptions options(context);
    options.setReduceFunction(adder(Dtype::f32));
    options.setInput(floats(in), in.size_bytes() / sizeof(float));
    options.setOutput(floats(out), out.size_bytes() / sizeof(float));
    gloo::allreduce(options);
  }
  return (steady_seconds() - begin) / static_cast<double>(iterations);
}

void time_both(GlooCommunicator& communicator, std::size_t bytes, std::size_t iterations,
               RankSeries& series) {
  test::PlainDevice device;
  const auto in = device.allocate(bytes), out = device.allocate(bytes);
  CollectiveCaseSetup setup{.communicator = &communicator,
                            .words = &communicator,
                            .collective = find_collective("all_reduce"),
                            .device = &device,
                            .bytes = bytes,
                            .seed = 1,
                            .record = std::make_shared<CollectiveRecord>(),
                            .algorithm = ""};
  CollectiveCase timed(std::move(setup));
  std::atomic<bool> stop{false};
  RankedTimer timer(communicator, nullptr, stop);
  const Batch batch{&timed, 0, 0, iterations};
  timer.prime(batch);
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto ours = [&] {
      const Reading reading = timer.time(batch);
      series.ours.push_back(reading.ranks_s[static_cast<std::size_t>(communicator.rank())] /
                            static_cast<double>(iterations));
    };
    const auto bare = [&] {
      series.bare.push_back(bare_loop(communicator.context(), *in, *out, iterations));
    };
    if (sample % 2 == 0) {
      ours();
      bare();
    } else {
      bare();
      ours();
    }
  }
}

/// Every buffer in pages of its own: malloc otherwise maps the first large ones and cuts later ones
/// from a heap, and the two kinds of memory differ by up to 3 percent in a collective.
void map_every_buffer() { mallopt(M_MMAP_THRESHOLD, 32 << 10); }

/// Of 200 samples of each, ours and the bare loop's beside each other, each the slower rank's.
struct Medians {
  double ours = 0, bare = 0;
  double difference = 0, ratio = 0;  ///< Of the pairs: the machine's own speed changes meanwhile.
};

Medians medians(std::size_t bytes, std::size_t iterations) {
  test::MemoryStore store;
  std::array<RankSeries, 2> series;
  std::array<std::thread, 2> ranks;
  for (std::size_t rank = 0; rank < 2; ++rank)
    ranks[rank] = std::thread([&, rank] {
      const auto communicator =
          connect_gloo(test::gloo_options(store, static_cast<int>(rank), 2, 30));
      time_both(*communicator, bytes, iterations, series[rank]);
    });
  for (std::thread& rank : ranks) rank.join();
  std::vector<double> ours, bare, differences, ratios;
  for (std::size_t i = 0; i < kSamples; ++i) {
    ours.push_back(std::max(series[0].ours[i], series[1].ours[i]));
    bare.push_back(std::max(series[0].bare[i], series[1].bare[i]));
    differences.push_back(ours.back() - bare.back());
    ratios.push_back(ours.back() / bare.back());
  }
  return {median(ours), median(bare), median(differences), median(ratios)};
}

/// Four threads that wake each other on every message measure whoever else wants their cores, so
/// they go before other programs. Gloo's threads inherit it from the one that starts them.
void ahead_of_others() {
  const sched_param lowest{.sched_priority = sched_get_priority_min(SCHED_RR)};
  if (sched_setscheduler(0, SCHED_RR, &lowest) != 0 && !std::getenv("ASSAY_SOAK_COUNT"))
    test::not_run(
        "real-time scheduling is not allowed here: scripts/soak accuracy measures all the same");
}

TEST_SUITE("timing") {
  TEST_CASE("our timing of a collective is within 3 percent of a bare loop from 64 KiB up") {
    ahead_of_others();
    map_every_buffer();
    for (const auto& [bytes, iterations] :
         {std::pair<std::size_t, std::size_t>{64 << 10, 20}, {1 << 20, 4}, {8 << 20, 1}}) {
      const Medians of = medians(bytes, iterations);
      MESSAGE(fmt::format("{} bytes: ours {:.1f} us, bare {:.1f} us, ratio {:.4f}", bytes,
                          of.ours * 1e6, of.bare * 1e6, of.ratio));
      CHECK(of.ratio < 1.03);
      CHECK(of.ratio > 0.97);
    }
  }
  TEST_CASE("our timing of a small collective is within 5 microseconds of a bare loop") {
    ahead_of_others();
    for (const std::size_t bytes : {std::size_t{8}, std::size_t{4096}}) {
      const Medians of = medians(bytes, 50);
      MESSAGE(fmt::format("{} bytes: ours {:.2f} us, bare {:.2f} us, difference {:.2f} us", bytes,
                          of.ours * 1e6, of.bare * 1e6, of.difference * 1e6));
      CHECK(std::abs(of.difference) < 5e-6);
    }
  }
}

}  // namespace
}  // namespace assay
