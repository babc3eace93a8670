// Where the host's buffers lie, and what becomes of their memory.
#include "harness/measure/host_buffers.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "harness/measure/sanitized.h"
#include "tests/not_run.h"

using namespace assay;

namespace {

/// Of this thread.
long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

std::uintptr_t address(Buffer& buffer) { return reinterpret_cast<std::uintptr_t>(buffer.data()); }

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// Large enough that threads open stretches at the same time. Under a sanitizer each buffer is an
/// allocation of its own, whatever its size: there the first touch of gigabytes would be all of the
/// work.
constexpr std::size_t kStep = kSanitized ? 4096 : kHugePage / 8;

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("buffers of the host are aligned and do not overlap") {
    HostBuffers buffers;
    std::vector<std::unique_ptr<Buffer>> all;
    for (std::size_t i = 0; i < 300; ++i)
      all.push_back(buffers.allocate(i % 7 == 0 ? (i << 14) + 1 : (i << 7) + 1));
    for (std::size_t i = 0; i < all.size(); ++i)
      std::memset(all[i]->data(), static_cast<int>(i % 251), all[i]->size_bytes());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CAPTURE(i);
      CHECK(address(*all[i]) % 4096 == 0);
      const auto* bytes = static_cast<const unsigned char*>(all[i]->data());
      CHECK(bytes[0] == i % 251);
      CHECK(bytes[all[i]->size_bytes() - 1] == i % 251);
    }
  }

  TEST_CASE("buffers that several threads allocate at once do not overlap") {
    constexpr int kThreads = 4, kRounds = 100, kBuffers = 40;
    HostBuffers buffers;
    std::atomic<int> spoilt{0};
    const auto work = [&](int thread) {
      for (int round = 0; round < kRounds; ++round) {
        std::vector<std::unique_ptr<Buffer>> own;
        for (int i = 0; i < kBuffers; ++i) {
          own.push_back(buffers.allocate(64 + static_cast<std::size_t>(i % 3) * kStep));
          std::memset(own.back()->data(), thread + 1, 64);
        }
        for (const auto& buffer : own)
          if (static_cast<const unsigned char*>(buffer->data())[63] != thread + 1) ++spoilt;
      }
    };
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) threads.emplace_back(work, thread);
    for (std::thread& thread : threads) thread.join();
    CHECK(spoilt.load() == 0);
  }

  TEST_CASE("large buffers of the host begin on a huge page") {
    HostBuffers buffers;
    CHECK(address(*buffers.allocate(2 * kHugePage + 1)) % kHugePage == 0);
    CHECK(address(*buffers.allocate(5 * kHugePage)) % kHugePage == 0);
  }

  TEST_CASE("no page of a new buffer is touched for the first time by its user") {
    if (kSanitized) test::not_run("a sanitizer's own memory is touched too");
    for (const std::size_t threads : {1, 2, 3, 100}) {
      CAPTURE(threads);
      HostBuffers buffers(threads);
      for (const std::size_t bytes : {std::size_t{1} << 16, 9 * kHugePage + 12345}) {
        CAPTURE(bytes);
        const auto buffer = buffers.allocate(bytes);
        const long before = page_faults();
        for (std::size_t at = 0; at < bytes; at += 4096)
          static_cast<volatile char*>(buffer->data())[at] = 1;
        CHECK(page_faults() - before < 3);  // of the test itself
      }
    }
  }

  TEST_CASE("small buffers use again what earlier ones left and a large one frees it") {
    if (kSanitized) test::not_run("a sanitizer gives each buffer an allocation of its own");
    HostBuffers buffers;
    std::vector<std::unique_ptr<Buffer>> all;
    for (int i = 0; i < 64; ++i) all.push_back(buffers.allocate(kHugePage / 2));
    const std::uintptr_t first = address(*all.front());
    CHECK(buffers.kept_bytes() == 0);
    all.clear();
    const std::size_t kept = buffers.kept_bytes();
    CHECK(kept >= 48 * (kHugePage / 2));  // all but the stretch that is open
    CHECK(kept <= 64 * (kHugePage / 2));
    for (int i = 0; i < 64; ++i) all.push_back(buffers.allocate(kHugePage / 2));
    CHECK(buffers.kept_bytes() == 0);
    bool is_used_again = false;
    for (const auto& buffer : all) is_used_again = is_used_again || address(*buffer) == first;
    CHECK(is_used_again);
    all.clear();
    buffers.allocate(3 * kHugePage);
    CHECK(buffers.kept_bytes() == 0);
  }

  TEST_CASE("a buffer of the host outlives what allocated it") {
    std::unique_ptr<Buffer> buffer;
    {
      HostBuffers buffers;
      buffer = buffers.allocate(100);
    }
    std::memset(buffer->data(), 1, buffer->size_bytes());
    CHECK(static_cast<unsigned char*>(buffer->data())[99] == 1);
  }
}
