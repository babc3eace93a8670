// cuBLASLt is found at run time with every function in use, or is named as missing.
#include "kernels/gemm/cublaslt.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "kernels/catalogue.h"
#include "kernels/gemm/cublas.h"
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
        {"f32", "cublaslt"},
        {"tf32", "cublaslt"},
        {"f16", "cublaslt"},
        {"bf16", "cublaslt"},
        {"fp8_e4m3", "cublaslt"},
        {"fp8_e4m3", "cublaslt_fast"},
        {"int8", "cublaslt"},
        {"fp8_e4m3", "cublaslt_mxfp8"},
        {"fp4_e2m1", "cublaslt_nvfp4"},
        {"bf16", "cublaslt_alpha_beta"},
        {"f16", "cublaslt_alpha_beta"},
        {"tf32", "cublaslt_alpha_beta"},
        {"f32", "cublaslt_alpha_beta"},
        {"fp8_e4m3", "cublaslt_fast_alpha_beta"},
        {"bf16", "cublaslt_a_by_columns"},
        {"bf16", "cublaslt_b_by_columns"},
        {"bf16", "cublaslt_ab_by_columns"},
        {"bf16", "cublas_grouped"},
        {"fp8_e4m3", "cublaslt_block_scaled"},
        {"fp8_e4m3", "cublaslt_grouped_block_scaled"}};
    for (const auto& [dtype, name] : peers) {
      CAPTURE(dtype);
      CHECK(find(dtype, name));
    }
  }

  TEST_CASE("sizes that the library does not multiply are refused with the reason") {
    const struct {
      const char *dtype, *name, *shape, *why;
    } rows[] = {
        {"fp8_e4m3", "cublaslt", "m1_n1008_k520", "K is a multiple of 16"},
        {"fp8_e4m3", "cublaslt", "m1_n1000_k528", "N is a multiple of 16"},
        {"fp8_e4m3", "cublaslt_fast", "m17_n528_k1048", "K is a multiple of 16"},
        {"int8", "cublaslt", "m4_n4_k6", "N and K are multiples of 4"},
        {"int8", "cublaslt", "m4_n6_k4", "N and K are multiples of 4"},
    };
    std::string absent;
    if (!CublasLt::find(absent)) test::not_run(absent);
    for (const auto& row : rows) {
      CAPTURE(row.shape);
      const Implementation* peer = find(row.dtype, row.name);
      REQUIRE(peer);
      const auto why = peer->refuses(Shape::parse(row.shape), SomeGpu("9.0"));
      REQUIRE(why);
      CHECK(why->find(row.why) != std::string::npos);
    }
    CHECK_FALSE(find("fp8_e4m3", "cublaslt")->refuses(Shape::parse("m1_n32_k48"), SomeGpu("9.0")));
    CHECK_FALSE(find("int8", "cublaslt")->refuses(Shape::parse("m1_n4_k12"), SomeGpu("9.0")));
    CHECK_FALSE(find("f16", "cublaslt")->refuses(Shape::parse("m1_n3_k5"), SomeGpu("9.0")));
    CHECK_FALSE(find("f16", "cublaslt")->refuses(Shape::parse("m1_n3_k5_b4"), SomeGpu("9.0")));
    CHECK(find("f16", "cublaslt")->refuses(Shape::parse("m9_n3_k5_g4"), SomeGpu("9.0")));
  }

  TEST_CASE("the library takes groups of rows by cuBLAS and nothing else by it") {
    const Implementation* peer = find("bf16", "cublas_grouped");
    REQUIRE(peer);
    CHECK(peer->refuses(Shape::parse("m9_n8_k8"), SomeGpu("9.0")).value().find("shape with g") !=
          std::string::npos);
    CHECK(peer->refuses(Shape::parse("m9_n8_k8_g4"), SomeGpu("7.5")).value().find("capability") !=
          std::string::npos);
    std::string absent;
    if (!Cublas::find(absent)) test::not_run(absent);
    CHECK_FALSE(peer->refuses(Shape::parse("m9_n8_k8_g4"), SomeGpu("9.0")));
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

  TEST_CASE("scales of 128 are refused with a reason off Hopper and of the other parts") {
    const Implementation* one = find("fp8_e4m3", "cublaslt_block_scaled");
    const Implementation* grouped = find("fp8_e4m3", "cublaslt_grouped_block_scaled");
    REQUIRE(one);
    REQUIRE(grouped);
    const Shape shape = Shape::parse("m64_n64_k256"), groups = Shape::parse("m64_n64_k256_g4");
    for (const char* capability : {"8.9", "10.0"})
      CHECK(one->refuses(shape, SomeGpu(capability)).value().find("9.x") != std::string::npos);
    CHECK(one->refuses(groups, SomeGpu("9.0")));
    CHECK(one->refuses(Shape::parse("m64_n64_k256_b4"), SomeGpu("9.0")));
    CHECK(grouped->refuses(shape, SomeGpu("9.0")));
    std::string absent;
    if (!CublasLt::find(absent)) test::not_run(absent);
    CHECK_FALSE(one->refuses(shape, SomeGpu("9.0")));
    CHECK_FALSE(grouped->refuses(groups, SomeGpu("9.0")));
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
