// cuBLASLt is found at run time with every function in use, or is named as missing.
#include "kernels/gemm/cublaslt.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "kernels/catalogue.h"
#include "tests/kernels/small_host.h"
#include "tests/not_run.h"

namespace assay {
namespace {

/// A GPU of which nothing but its capability is asked.
class SomeGpu final : public test::SmallHost {
 public:
  explicit SomeGpu(const char* capability) { facts_.compute_capability = capability; }
  Backend backend() const override { return Backend::cuda; }
  const DeviceFacts& facts() const override { return facts_; }

 private:
  DeviceFacts facts_;
};

const Implementation* find(const std::string& dtype, const std::string& name) {
  const auto& all = catalogue();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) {
    return one->workload() == "gemm" && one->dtype() == dtype && one->name() == name;
  });
  return found == all.end() ? nullptr : found->get();
}

TEST_SUITE("unit") {
  TEST_CASE("the library is a peer in every dtype") {
    const std::pair<const char*, const char*> peers[] = {
        {"f32", "cublaslt"},  {"tf32", "cublaslt"},           {"f16", "cublaslt"},
        {"bf16", "cublaslt"}, {"fp8_e4m3", "cublaslt"},       {"fp8_e4m3", "cublaslt_fast"},
        {"int8", "cublaslt"}, {"fp8_e4m3", "cublaslt_mxfp8"}, {"fp4_e2m1", "cublaslt_nvfp4"}};
    for (const auto& [dtype, name] : peers) {
      CAPTURE(dtype);
      CHECK(find(dtype, name));
    }
  }

  TEST_CASE("mxfp8 and nvfp4 are refused with a reason off capability 10 and where blocks break") {
    const Shape whole = Shape::parse("m64_n64_k64");
    for (const auto& [dtype, name] :
         {std::pair{"fp8_e4m3", "cublaslt_mxfp8"}, std::pair{"fp4_e2m1", "cublaslt_nvfp4"}}) {
      const Implementation* peer = find(dtype, name);
      REQUIRE(peer);
      for (const char* capability : {"8.0", "9.0", "12.0"}) {
        const auto why = peer->refuses(whole, SomeGpu(capability));
        REQUIRE(why);
        CHECK(*why == std::string("needs compute capability 10.x and no other, this device has ") +
                          capability);
      }
      for (const char* capability : {"10.0", "10.3"}) {
        const auto why = peer->refuses(whole, SomeGpu(capability));
        const bool takes_or_lacks_library =
            !why || why->find("cuBLASLt") != why->npos || why->find("libcublasLt") != why->npos;
        CHECK(takes_or_lacks_library);
        CHECK(peer->refuses(Shape::parse("m64_n64_k48"), SomeGpu(capability)));
      }
    }
  }

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
