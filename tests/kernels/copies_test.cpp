// Copies between host and device with memcpy in CUDA's place, and copiers that go wrong.
#include <doctest/doctest.h>

#include <cstring>

#include "kernels/copies/host_copy.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

using Copier = std::function<void(void* to, const void* from, std::size_t bytes)>;

void plain(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

Verification verified(CopyDirection direction, const Copier& copier) {
  test::SmallHost host;
  HostCopy copy(host, direction, 1 << 16, 7,
                {[&](std::size_t bytes) { return host.allocate(bytes); }, copier});
  return copy.verify();
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a copy in either direction arrives byte for byte") {
    for (const auto direction : {CopyDirection::to_device, CopyDirection::to_host}) {
      const Verification verification = verified(direction, plain);
      CHECK(verification.status == Verification::Status::exact);
      CHECK(verification.checksum == verified(CopyDirection::to_host, plain).checksum);
    }
  }

  TEST_CASE("a copy that loses or adds a byte or goes the wrong way is found") {
    const Copier short_by_one = [](void* to, const void* from, std::size_t bytes) {
      std::memcpy(to, from, bytes - 1);
    };
    const Copier long_by_one = [](void* to, const void* from, std::size_t bytes) {
      std::memcpy(to, from, bytes);
      static_cast<char*>(to)[bytes] = 0;
    };
    const Copier nothing = [](void*, const void*, std::size_t) {};
    for (const auto direction : {CopyDirection::to_device, CopyDirection::to_host}) {
      CHECK(verified(direction, short_by_one).detail == "byte 65535 of 65536 did not arrive");
      CHECK(verified(direction, long_by_one).detail == "byte 0 behind the end was written");
      CHECK(verified(direction, nothing).detail == "byte 0 of 65536 did not arrive");
    }
  }

  TEST_CASE("a copy counts its bytes once and every set is enqueued") {
    test::SmallHost host;
    int enqueued = 0;
    HostCopy copy(host, CopyDirection::to_device, 4096, 1,
                  {[&](std::size_t bytes) { return host.allocate(bytes); },
                   [&](void*, const void*, std::size_t bytes) {
                     CHECK(bytes == 4096);
                     ++enqueued;
                   }});
    CHECK(copy.work().moved_bytes == 4096);
    for (std::size_t set = 0; set < copy.operand_sets(); ++set) copy.enqueue(set);
    CHECK(enqueued == static_cast<int>(copy.operand_sets()));
  }
}

}  // namespace assay
