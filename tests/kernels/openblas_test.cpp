// Which kernels OpenBLAS is asked for.
#include "kernels/openblas.h"

#include <doctest/doctest.h>

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
}
