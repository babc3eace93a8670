// What a case says that it needs of memory, against what a process that runs it really takes.
#include "kernels/memory_need.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "harness/measure/host_device.h"
#include "kernels/attention/attention_case.h"
#include "kernels/catalogue.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/memory/arrays.h"
#include "tests/not_run.h"

using namespace assay;

namespace {

/// One operand set, whatever the cache.
class OneSetDevice final : public HostDevice {
 public:
  std::size_t cache_bytes() const override { return 0; }
};

/// A line of /proc/self/status, in bytes.
double status_bytes(const std::string& wanted) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(wanted + ":")) return std::stod(line.substr(wanted.size() + 1)) * 1024;
  return 0;
}

void run_once(const Implementation& implementation, Device& device, const std::string& shape) {
  const CaseId id = CaseId::parse(implementation.workload() + "." + implementation.dtype() + "." +
                                  implementation.name() + "/" + shape);
  GroupContext context(device, CaseId{id.workload, id.dtype, "", id.shape}, 1);
  const auto timed = implementation.prepare(context);
  REQUIRE((device.cache_bytes() > 0 || timed->operand_sets() == 1));
  REQUIRE(timed->verify().ok());
  timed->enqueue(0);
}

const Implementation& implementation_named(const std::string& workload, const std::string& name) {
  for (const auto& one : catalogue())
    if (one->workload() == workload && one->name() == name && one->backend() == Backend::host)
      return *one;
  throw Error("no implementation " + workload + " " + name);
}

constexpr int kRefused = 3;

/// The most that a fresh process has resident while it runs the case, above what it had before: its
/// threads and libraries are there from a small case.
template <class TestedDevice = OneSetDevice>
double peak_bytes(const Implementation& implementation, const std::string& small,
                  const std::string& shape) {
  int channel[2];
  REQUIRE(pipe(channel) == 0);
  const pid_t child = fork();
  if (child == 0) {
    double peak = -1;
    try {
      TestedDevice device;
      if (implementation.refuses(CaseId::parse("any.f32.any/" + small).shape, device))
        _exit(kRefused);
      run_once(implementation, device, small);
      device.allocate(std::size_t{2} << 20);  // frees what is kept for small buffers
      const double before = status_bytes("VmRSS");
      std::ofstream("/proc/self/clear_refs") << "5";  // VmHWM begins anew
      run_once(implementation, device, shape);
      peak = status_bytes("VmHWM") - before;
    } catch (const std::exception&) {
    }
    const bool told = write(channel[1], &peak, sizeof peak) == sizeof peak;
    _exit(told ? 0 : 1);
  }
  double peak = -1;
  close(channel[1]);
  const bool heard = read(channel[0], &peak, sizeof peak) == sizeof peak;
  close(channel[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kRefused)
    test::not_run(implementation.name() + " cannot run here");
  REQUIRE(heard);
  REQUIRE(peak > 0);
  return peak;
}

void check_need(const MemoryNeed& need, double peak) {
  const double needed = need.set + need.beside_sets + need.host;
  CAPTURE(needed / 0x1p20);
  CAPTURE(peak / 0x1p20);
  CHECK(peak < needed + kProcessGrowth);  // OpenBLAS packs for Skylake-X into 8 MiB
  CHECK(peak > 0.9 * needed);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a memory case takes what it says that it needs") {
    const OneSetDevice device;
    constexpr std::int64_t kBytes = std::int64_t{96} << 20;
    for (const MemoryOperation operation : {MemoryOperation::read, MemoryOperation::write,
                                            MemoryOperation::copy, MemoryOperation::triad}) {
      CAPTURE(workload_name(operation));
      check_need(MemoryArrays::need(device, operation, kBytes),
                 peak_bytes(implementation_named(workload_name(operation), "stream"), "bytes4096",
                            "bytes" + std::to_string(kBytes)));
    }
  }

  TEST_CASE("a product takes what it says that it needs") {
    for (const char* name : {"blocked", "openblas"}) {
      const Implementation& gemm = implementation_named("gemm", name);
      for (const char* shape : {"m2048_n1024_k2048", "m512_n4096_k1024", "m1024_n64_k8192"}) {
        CAPTURE(name);
        CAPTURE(shape);
        check_need(GemmOperands::need(*GemmShape::from(Shape::parse(shape)),
                                      host_gemm_types(gemm.dtype())),
                   peak_bytes(gemm, "m64_n64_k64", shape));
      }
    }
  }

  TEST_CASE("an attention takes what it says that it needs") {
    using namespace attention;
    const auto check = [](Workload workload, const char* name, const char* small,
                          const char* shape) {
      const Implementation& one = implementation_named(attention::name(workload), name);
      CAPTURE(shape);
      CAPTURE(one.dtype());
      check_need(memory_need(problem_of(workload, Shape::parse(shape)).problem.value(),
                             host_types(one.dtype())),
                 peak_bytes(one, small, shape));
    };
    check(Workload::decode, "blocked", "b1_hq4_hkv4_sq1_sk64_d64_full_page16",
          "b8_hq32_hkv8_sq1_sk2048_d128_full_page16");
    check(Workload::forward, "openblas", "b1_hq4_hkv4_sq64_sk64_d64_full",
          "b4_hq16_hkv16_sq1024_sk1024_d64_causal");
  }

  TEST_CASE("the rotation of a small case takes no more than a few caches") {
    class Cached final : public HostDevice {
     public:
      std::size_t cache_bytes() const override { return std::size_t{24} << 20; }
    };
    const double peak =
        peak_bytes<Cached>(implementation_named("gemm", "blocked"), "m64_n64_k64", "m8_n8_k8");
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
