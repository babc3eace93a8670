// What OpenBLAS is asked for: its kernels, and threads that do not wait in a loop.
#include "kernels/openblas.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>

#include "tests/not_run.h"

using namespace assay;

namespace {

const std::vector<std::string> kAvx2 = {"avx2", "fma"};
const std::vector<std::string> kAvx512 = {"avx2",     "fma",      "avx512f",
                                          "avx512bw", "avx512dq", "avx512vl"};

HostFacts host(const char* vendor, int family, const std::vector<std::string>& flags) {
  HostFacts facts;
  facts.vendor = vendor;
  facts.family = family;
  facts.flags = flags;
  return facts;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("OpenBLAS is asked for the kernels that a processor newer than it can run") {
    CHECK(openblas_core(host("GenuineIntel", 6, kAvx512)) == "SkylakeX");
    CHECK(openblas_core(host("GenuineIntel", 6, kAvx2)) == "Haswell");
    CHECK(openblas_core(host("GenuineIntel", 6, {"avx2", "fma", "avx512f"})) == "Haswell");
    CHECK(openblas_core(host("AuthenticAMD", 0x1A, kAvx512)) == "SkylakeX");
  }

  TEST_CASE("OpenBLAS chooses where it knows the processor or the processor is old") {
    CHECK_FALSE(openblas_core(host("GenuineIntel", 6, {"sse4_2"})));
    CHECK_FALSE(openblas_core(host("AuthenticAMD", 0x19, kAvx512)));
    CHECK_FALSE(openblas_core(host("0x41", 8, {"asimd"})));
  }

  TEST_CASE("threads of OpenBLAS sleep soon after their work and take nothing from the next case") {
    if (openblas_missing()) test::not_run(*openblas_missing());
    const OpenBlas& blas = open_openblas();
    blas.set_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    constexpr int kSize = 512;
    const std::vector<float> a(kSize * kSize, 1), b(kSize * kSize, 1);
    std::vector<float> c(kSize * kSize, 0);
    blas.sgemm(OpenBlas::kRowMajor, OpenBlas::kNoTranspose, OpenBlas::kNoTranspose, kSize, kSize,
               kSize, 1, a.data(), kSize, b.data(), kSize, 0, c.data(), kSize);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::clock_t before = std::clock();  // of all threads
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
    const double used_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    CHECK(used_s < 0.005);
  }
}
