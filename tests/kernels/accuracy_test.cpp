// What our path adds to a measurement: a case timed by the sampler against a bare loop over the
// same buffers in the same rotation, as the median of ratios of alternated pairs.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "harness/core/statistics.h"
#include "harness/measure/host_device.h"
#include "harness/measure/library.h"
#include "harness/measure/sampler.h"
#include "harness/measure/sanitized.h"
#include "kernels/catalogue.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/memory/arrays.h"
#include "kernels/thread_pool.h"
#include "tests/not_run.h"

namespace assay {
namespace {

constexpr int kPairs = 31;
constexpr int kSamples = 10;  // of each side of a pair
constexpr int kAttempts = 3;  // other processes may take the cores for a while

/// One iteration on an operand set, by nothing but the loop under comparison.
using Bare = std::function<void(std::size_t set)>;

double sampler_median(Timer& timer, TimedCase& timed) {
  TimedCase* const cases[] = {&timed};
  const SamplerInput input{
      .timer = timer,
      .cases = cases,
      .rule = {.min_samples = kSamples, .min_time_s = 0, .max_time_s = 2, .rel_stdev = 1e9}};
  const auto outcomes = sample_group(input);
  REQUIRE_MESSAGE(outcomes[0].error.empty(), outcomes[0].error);
  return outcomes[0].samples.value().median_s;
}

/// From the first set on, like the sampler: sets differ by up to a third in how fast their pages
/// are read (AMD EPYC, 2 cores of a virtual machine, 2026-11-29).
double bare_median(const Bare& bare, std::size_t sets) {
  std::vector<double> times;
  std::size_t next = 0;
  for (int i = -1; i < kSamples; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    bare(next++ % sets);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (i >= 0) times.push_back(took.count());  // the first warms up, as the sampler does
  }
  return median(times);
}

/// The median ratio of ours to bare over kPairs pairs, their order swapped every time.
double median_ratio(Device& device, TimedCase& timed, const Bare& bare) {
  std::string reason;
  const auto timer = device.instrument().make_timer(Series::cold, reason);
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    double ours = 0;
    if (pair % 2 == 0) ours = sampler_median(*timer, timed);
    const double plain = bare_median(bare, timed.operand_sets());
    if (pair % 2 == 1) ours = sampler_median(*timer, timed);
    ratios.push_back(ours / plain);
  }
  return median(ratios);
}

void check_within(const char* what, double bound, Device& device, TimedCase& timed,
                  const Bare& bare) {
  double best = 2;
  for (int attempt = 0; attempt < kAttempts && std::abs(best - 1) > bound; ++attempt) {
    const double ratio = median_ratio(device, timed, bare);
    std::printf("%s: ratio %.4f, median of %d pairs (bound 1 +- %.2f)\n", what, ratio, kPairs,
                bound);
    if (std::abs(ratio - 1) < std::abs(best - 1)) best = ratio;
  }
  CHECK(std::abs(best - 1) <= bound);
}

const Implementation& find(const std::string& workload, const std::string& name) {
  for (const auto& one : catalogue()) {
    if (one->workload() == workload && one->dtype() == "f32" && one->name() == name) return *one;
  }
  throw Error("the catalogue has no " + workload + ".f32." + name);
}

TEST_SUITE("timing") {
  TEST_CASE("host GEMM is within 3 percent of a bare loop around cblas_sgemm") {
    if (kSanitized) test::not_run("a sanitizer changes what is timed");
    const auto library = Library::find("libopenblas.so.0");
    if (!library) test::not_run("libopenblas.so.0 is missing");
    const auto sgemm = library->sym<void (*)(int, int, int, int, int, int, float, const float*, int,
                                             const float*, int, float, float*, int)>("cblas_sgemm");
    HostDevice host;
    const int side = 512;
    GroupContext context(host, {"gemm", "f32", "", {{"m", side}, {"n", side}, {"k", side}}}, 1);
    const auto timed = find("gemm", "openblas").prepare(context);
    REQUIRE(timed->verify().ok());
    const auto operands = GemmOperands::of(context, host_gemm_types("f32"));
    check_within("host GEMM / bare cblas_sgemm", 0.03, host, *timed, [&](std::size_t set) {
      const auto p = operands->set(set);
      sgemm(101, 111, 111, side, side, side, 1, static_cast<const float*>(p.a), side,
            static_cast<const float*>(p.b), side, 0, static_cast<float*>(p.c), side);
    });
  }

  TEST_CASE("host triad is within 5 percent of the STREAM kernel compiled the same way") {
    if (kSanitized) test::not_run("a sanitizer changes what is timed");
    HostDevice host;
    GroupContext context(host, {"memory_triad", "f32", "", {{"bytes", 16 << 20}}}, 1);
    const auto timed = find("memory_triad", "stream").prepare(context);
    REQUIRE(timed->verify().ok());
    const auto arrays = MemoryArrays::of(context, MemoryOperation::triad);
    ThreadPool threads(host_threads(host).size());
    check_within("host triad / STREAM triad", 0.05, host, *timed, [&](std::size_t set) {
      const auto p = arrays->set(set);
      threads.run([&](int thread) {
        const Part part = part_of(p.count, thread, threads.size());
        auto* a = static_cast<float*>(p.out);
        const float scalar = kTriadFactor;
        for (std::int64_t j = part.first; j < part.last; ++j) a[j] = p.b[j] + scalar * p.c[j];
      });
    });
  }
}

}  // namespace
}  // namespace assay
