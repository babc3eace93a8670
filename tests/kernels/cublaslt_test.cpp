// cuBLASLt is found at run time with every function in use, or is named as missing.
#include "kernels/gemm/cublaslt.h"

#include <doctest/doctest.h>

#include "tests/not_run.h"

namespace assay {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("cuBLASLt opens with every function that we call or says what is missing") {
    std::string reason;
    const CublasLt* library = CublasLt::find(reason);
    if (!library) {
      CHECK(reason.find("libcublasLt.so.13") != std::string::npos);
      CHECK(reason.find("libcublasLt.so.12") != std::string::npos);
      test::not_run(reason);
    }
    CHECK(library->version() >= 120000);
  }
}

}  // namespace
}  // namespace assay
