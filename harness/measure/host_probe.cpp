// Two short measurements of the host itself: the clock it runs at, and what its memory delivers.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/measure/host_buffers.h"
#include "harness/measure/host_memory.h"
#include "harness/measure/host_speed_of_light.h"
#include "harness/measure/threads.h"

namespace assay {

namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

/// `count` x 8 additions, each of which needs the one before. Register operands: some cores
/// swallow an addition of a constant while renaming registers.
[[maybe_unused]] void dependent_additions(std::int64_t count) {
  std::uint64_t sum = 1;
  const std::uint64_t step = 3;
  for (std::int64_t i = 0; i < count; ++i) {
#if defined(__x86_64__)
    asm volatile(
        "add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n"
        "add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0"
        : "+r"(sum)
        : "r"(step)
        : "cc");
#elif defined(__aarch64__)
    asm volatile(
        "add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n"
        "add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1"
        : "+r"(sum)
        : "r"(step));
#endif
  }
}

/// Sums a slice; eight accumulators, so that loads and not additions are what it waits for.
std::uint64_t read_all(const std::uint64_t* begin, const std::uint64_t* end) {
  std::uint64_t sums[8] = {};
  for (const std::uint64_t* at = begin; at + 8 <= end; at += 8) {
    for (int i = 0; i < 8; ++i) sums[i] += at[i];
  }
  std::uint64_t total = 0;
  for (std::uint64_t sum : sums) total += sum;
  return total;
}

/// What one thread reads: buffers that are small enough to be dealt side by side.
using Slice = std::vector<std::unique_ptr<Buffer>>;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// One pass of every thread over its own slice, from the first that begins to the last that ends.
double timed_pass(const std::vector<Slice>& slices, std::atomic<std::uint64_t>& sink) {
  struct Span {
    SteadyClock::time_point begin, end;
  };
  std::vector<Span> spans(slices.size());
  run_on_threads(static_cast<int>(slices.size()), "the memory's bandwidth", [&](int index) {
    const auto i = static_cast<std::size_t>(index);
    const SteadyClock::time_point begin = SteadyClock::now();
    std::uint64_t sum = 0;
    for (const auto& piece : slices[i]) {
      const auto* words = static_cast<const std::uint64_t*>(piece->data());
      sum += read_all(words, words + piece->size_bytes() / 8);
    }
    sink += sum;
    spans[i] = {begin, SteadyClock::now()};
  });
  SteadyClock::time_point begin = spans.front().begin, end = spans.front().end;
  for (const Span& span : spans) {
    begin = std::min(begin, span.begin);
    end = std::max(end, span.end);
  }
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

std::optional<double> measure_host_clock_hz() {
#if defined(__x86_64__) || defined(__aarch64__)
  // The shortest of many short runs is the one that nothing interrupted.
  constexpr std::int64_t kCount = 25'000;
  double shortest = 1e9;
  for (int run = 0; run < 60; ++run) {
    const SteadyClock::time_point start = SteadyClock::now();
    dependent_additions(kCount);
    shortest = std::min(shortest, seconds_since(start));
  }
  return static_cast<double>(kCount) * 8 / shortest;
#else
  return std::nullopt;
#endif
}

double measure_read_bandwidth(const HostFacts& facts, std::size_t cache_bytes,
                              HostBuffers& buffers) {
  const std::size_t threads = std::max<std::size_t>(1, static_cast<std::size_t>(facts.cores));
  const std::size_t wanted = std::max<std::size_t>(3 * cache_bytes, std::size_t{64} << 20);
  const std::size_t most = (free_host_memory_bytes() + buffers.kept_bytes()) / 8;
  const std::size_t bytes = most ? std::min(wanted, most) : wanted;
  const std::size_t pieces = std::max<std::size_t>(1, bytes / threads / kPieceBytes);

  std::vector<Slice> slices(threads);
  for (Slice& slice : slices)
    while (slice.size() < pieces) slice.push_back(buffers.allocate(kPieceBytes));
  std::atomic<std::uint64_t> sink{0};
  // Others on the machine only ever slow a pass down, so the fastest of many is nearest the bound.
  double shortest = 1e9;
  const SteadyClock::time_point start = SteadyClock::now();
  for (int pass = 0; pass < 3 || (pass < 20 && seconds_since(start) < 0.3); ++pass) {
    shortest = std::min(shortest, timed_pass(slices, sink));
  }
  return static_cast<double>(threads * pieces * kPieceBytes) / shortest;
}

}  // namespace assay
