// What a case says that it needs of memory, against what a process that runs it really takes.
#include "kernels/memory_need.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "harness/measure/host_device.h"
#include "kernels/catalogue.h"
#include "kernels/copies/host_copy.h"
#include "tests/kernels/small_host.h"
#include "tests/peak_memory.h"

using namespace assay;

namespace {

/// One operand set, whatever the cache.
class OneSetDevice final : public HostDevice {
 public:
  std::size_t cache_bytes() const override { return 0; }
};

/// Refuses every case, with what it needs.
class StarvedDevice final : public HostDevice {
 public:
  std::size_t free_memory_bytes() const override { return 0; }
};

struct Sizes {
  const char *workload, *small, *large;
};
constexpr Sizes kSizes[] = {
    {"gemm", "m64_n64_k64", "m2048_n1024_k2048"},
    {"gemm", "m64_n64_k64", "m512_n4096_k1024"},
    {"gemm", "m64_n64_k64", "m1024_n64_k8192"},
    {"memory_read", "bytes4096", "bytes100663296"},
    {"memory_write", "bytes4096", "bytes100663296"},
    {"memory_copy", "bytes4096", "bytes100663296"},
    {"memory_triad", "bytes4096", "bytes100663296"},
    {"attention_forward", "b1_hq4_hkv4_sq64_sk64_d64_full",
     "b4_hq16_hkv16_sq1024_sk1024_d64_causal"},
    {"attention_backward", "b1_hq4_hkv4_sq64_sk64_d64_full",
     "b4_hq16_hkv4_sq1024_sk1024_d64_causal"},
    {"attention_decode", "b1_hq4_hkv4_sq1_sk64_d64_full_page16",
     "b8_hq32_hkv8_sq1_sk2048_d128_full_page16"},
    {"attention_decode", "b1_hq4_hkv1_sq1_sk64_d576_dv512_full_page16_latent",
     "b8_hq16_hkv1_sq1_sk4096_d576_dv512_full_page16_latent"},
};

CaseId case_of(const Implementation& implementation, const std::string& shape) {
  return CaseId::parse(implementation.workload() + "." + implementation.dtype() + "." +
                       implementation.name() + "/" + shape);
}

void run_once(const Implementation& implementation, Device& device, const std::string& shape) {
  const CaseId id = case_of(implementation, shape);
  GroupContext context(device, CaseId{id.workload, id.dtype, "", id.shape}, 1);
  const auto timed = implementation.prepare(context);
  if (device.cache_bytes() == 0 && timed->operand_sets() != 1) throw Error("it rotates sets");
  if (!timed->verify().ok()) throw Error("it is wrong");
  timed->enqueue(0);
}

template <class TestedDevice = OneSetDevice>
double peak_bytes(const Implementation& implementation, const std::string& small,
                  const std::string& large) {
  // Opened in the child: a device of the host has threads.
  std::unique_ptr<TestedDevice> device;
  return test::peak_bytes(
      [&] {
        device = std::make_unique<TestedDevice>();
        run_once(implementation, *device, small);
        device->allocate(std::size_t{2} << 20);  // frees what is kept for small buffers
      },
      [&] { run_once(implementation, *device, large); });
}

/// What the user of a machine without memory reads.
double said_bytes(const Implementation& implementation, const std::string& shape) {
  const StarvedDevice device;
  const auto refusal = implementation.refuses(case_of(implementation, shape).shape, device);
  double mib = 0;
  const std::string text = refusal.value_or("");
  REQUIRE_MESSAGE(std::sscanf(text.c_str(), "needs %lf MiB at its peak", &mib) == 1, text);
  return mib * 0x1p20;
}

/// `said` counts what every process grows by, some of which came with the small case.
void check_peak(double said, double peak) {
  CAPTURE(said / 0x1p20);
  CAPTURE(peak / 0x1p20);
  CHECK(peak < said);
  CHECK(peak > 0.9 * (said - kProcessGrowth));
}

const Implementation* find_blocked_gemm() {
  for (const auto& one : catalogue())
    if (one->workload() == "gemm" && one->name() == "blocked") return one.get();
  throw Error("the catalogue has no blocked GEMM");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every case of the host takes the memory that it says that it needs") {
    for (const auto& one : catalogue()) {
      if (one->backend() != Backend::host) continue;
      CAPTURE(one->workload());
      CAPTURE(one->dtype());
      CAPTURE(one->name());
      int tried = 0;
      for (const Sizes& sizes : kSizes) {
        if (one->workload() != sizes.workload) continue;
        ++tried;
        CAPTURE(sizes.large);
        check_peak(said_bytes(*one, sizes.large), peak_bytes(*one, sizes.small, sizes.large));
      }
      CHECK_MESSAGE(tried > 0, "a family without sizes in this test");
    }
  }

  TEST_CASE("a copy between host and device takes the memory that it says that it needs") {
    constexpr std::size_t kBytes = std::size_t{96} << 20;
    for (const CopyDirection direction : {CopyDirection::to_device, CopyDirection::to_host}) {
      CAPTURE(direction == CopyDirection::to_device);
      std::unique_ptr<OneSetDevice> device;
      const auto run = [&](std::size_t bytes) {
        const HostCopyCalls calls{
            [&](std::size_t size) { return device->allocate(size); },
            [](void* to, const void* from, std::size_t size) { std::memcpy(to, from, size); }};
        HostCopy copy(*device, direction, bytes, 1, calls);
        if (!copy.verify().ok()) throw Error("it is wrong");
        copy.enqueue(0);
      };
      const double peak = test::peak_bytes(
          [&] {
            device = std::make_unique<OneSetDevice>();
            run(4096);
            device->allocate(std::size_t{2} << 20);  // frees what is kept for small buffers
          },
          [&] { run(kBytes); });
      const MemoryNeed need = HostCopy::need(OneSetDevice(), direction, kBytes);
      check_peak(need.set + need.beside_sets + need.host + kProcessGrowth, peak);
    }
  }

  TEST_CASE("the rotation of a small case takes no more than a few caches") {
    class Cached final : public HostDevice {
     public:
      std::size_t cache_bytes() const override { return std::size_t{24} << 20; }
    };
    const double peak = peak_bytes<Cached>(*find_blocked_gemm(), "m64_n64_k64", "m8_n8_k8");
    CAPTURE(peak / 0x1p20);
    CHECK(peak < 2 * 3 * (24 * 0x1p20) + kProcessGrowth);
  }

  TEST_CASE("a case that needs more than is free is refused with both figures") {
    class SmallDevice final : public HostDevice {
     public:
      std::size_t free_memory_bytes() const override { return std::size_t{256} << 20; }
    };
    const SmallDevice device;
    const MemoryNeed need{.set = 128 * 0x1p20, .beside_sets = 0, .host = 128 * 0x1p20};
    CHECK(lacks_memory(need, device) == "needs 272 MiB at its peak, 256 MiB are free");
    CHECK_FALSE(lacks_memory({.set = 128 * 0x1p20, .beside_sets = 0, .host = 0}, device));
  }

  TEST_CASE("a large need of the host is compared with what is free now right after a small one") {
    class Gpu final : public test::SmallHost {
     public:
      Backend backend() const override { return Backend::cuda; }
    };
    const Gpu device;
    CHECK_FALSE(lacks_memory({.set = 0, .beside_sets = 0, .host = 0x1p20}, device));
    const auto refusal = lacks_memory({.set = 0, .beside_sets = 0, .host = 0x1p50}, device);
    REQUIRE(refusal);
    CHECK(refusal->starts_with("needs 1073741840 MiB of the host at its peak, "));
    CHECK_FALSE(lacks_memory({.set = 0, .beside_sets = 0, .host = 0x1p20}, device));
  }

  TEST_CASE("rotation leaves room for what a check takes beside the operand sets") {
    class SmallDevice final : public HostDevice {
     public:
      std::size_t free_memory_bytes() const override { return std::size_t{401} << 20; }
      std::size_t cache_bytes() const override { return std::size_t{400} << 20; }
    };
    const SmallDevice device;
    CHECK(rotation_sets(device, {.set = 20 * 0x1p20, .beside_sets = 0, .host = 0}) == 10);
    CHECK(rotation_sets(
              device, {.set = 20 * 0x1p20, .beside_sets = 200 * 0x1p20, .host = 84 * 0x1p20}) == 5);
  }
}
