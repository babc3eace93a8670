// Finds the symbols, and says what is missing.
#include "kernels/openblas.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "harness/measure/host_memory.h"
#include "harness/measure/threads.h"

#if defined(__SANITIZE_THREAD__)
// The library's threads order their work by spinning, which the thread sanitizer cannot see: a
// memset of its worker looks like a race with whoever reads the product. Only reports with a frame
// of the library are suppressed.
extern "C" const char* __tsan_default_suppressions() { return "race:libopenblas\n"; }
#endif

namespace assay {
namespace {

/// Why it would ask for its buffers for ever, as it does where it gets none: one for each of its
/// threads, and one for each thread that calls it. Empty: it gets them.
std::string why_no_buffers(int threads) {
  const std::size_t bytes = static_cast<std::size_t>(2 * threads - 1) << 27;
  void* const all = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all != MAP_FAILED) {
    munmap(all, bytes);
    return "";
  }
  const auto space = free_address_space();
  return fmt::format("{} takes {} MiB of address space, {}", OpenBlas::kLibrary, bytes >> 20,
                     space ? fmt::format("{} leaves {} MiB", space->limit, space->free_bytes >> 20)
                           : "which the system refuses");
}

/// Takes the caller's buffer, which is kept, before the operands of cases fill the memory.
void take_buffer(OpenBlas::Sgemm sgemm) {
  constexpr int kSize = 128;
  const std::vector<float> a(kSize * kSize), b = a;
  std::vector<float> c = a;
  sgemm(OpenBlas::kRowMajor, OpenBlas::kNoTranspose, OpenBlas::kNoTranspose, kSize, kSize, kSize, 1,
        a.data(), kSize, b.data(), kSize, 0, c.data(), kSize);
}

/// Null when the library cannot be used; then `reason` says why.
const OpenBlas* find_openblas(std::string& reason) {
  static std::string why_not;
  static const std::unique_ptr<const OpenBlas> blas = []() -> std::unique_ptr<const OpenBlas> {
    // The library interrupts the process or hangs when it cannot start its threads. The host's own
    // are there beside them, the caller counts for both.
    const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    if (why_not = why_no_buffers(threads); !why_not.empty()) return nullptr;
    require_threads(2 * threads - 1, OpenBlas::kLibrary);
    constexpr int kKeepTheUsers = 0;
    if (const auto core = openblas_core(read_host_facts()))
      setenv("OPENBLAS_CORETYPE", core->c_str(), kKeepTheUsers);
    // Its threads wait for more work by yielding their processor in a loop, by default for 2^26
    // cycles, which slowed the samples of the next case by up to a quarter. 2^14 are some
    // microseconds, longer than between two products of one case.
    setenv("OPENBLAS_THREAD_TIMEOUT", "14", kKeepTheUsers);
    auto library = Library::find(OpenBlas::kLibrary, &why_not);
    if (!library) {
      why_not = fmt::format("{} is missing: {}", OpenBlas::kLibrary, why_not);
      return nullptr;
    }
    const auto sgemm = library->find_sym<OpenBlas::Sgemm>("cblas_sgemm");
    const auto set_threads = library->find_sym<void (*)(int)>("openblas_set_num_threads");
    const auto core_name = library->find_sym<char* (*)()>("openblas_get_corename");
    if (!sgemm || !set_threads || !core_name) {
      why_not = fmt::format(
          "{} is missing: it lacks cblas_sgemm, openblas_set_num_threads or openblas_get_corename",
          OpenBlas::kLibrary);
      return nullptr;
    }
    take_buffer(sgemm);
    return std::make_unique<const OpenBlas>(
        OpenBlas{std::move(*library), sgemm, set_threads, core_name});
  }();
  reason = why_not;
  return blas.get();
}

}  // namespace

std::optional<std::string> openblas_core(const HostFacts& host) {
  constexpr int kFirstUnknownAmd = 0x1A;  // Zen 5; what 0.3.21 takes on those before it is right
  const bool is_intel = host.vendor == "GenuineIntel";
  const bool is_new_amd =
      host.vendor == "AuthenticAMD" && host.family.value_or(0) >= kFirstUnknownAmd;
  if (!is_intel && !is_new_amd) return std::nullopt;
  const bool has_avx512 = host.has_flag("avx512f") && host.has_flag("avx512bw") &&
                          host.has_flag("avx512dq") && host.has_flag("avx512vl");
  if (has_avx512) return "SkylakeX";
  if (host.has_flag("avx2") && host.has_flag("fma")) return "Haswell";
  return std::nullopt;
}

std::optional<std::string> openblas_missing() {
  std::string reason;
  if (find_openblas(reason)) return std::nullopt;
  return reason;
}

const OpenBlas& open_openblas() {
  std::string reason;
  const OpenBlas* blas = find_openblas(reason);
  if (!blas) throw Error(*openblas_missing(), ExitCode::missing);
  return *blas;
}

}  // namespace assay
