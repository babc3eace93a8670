// cuDNN's attention is found at run time and takes our passes, or is named as missing.
#include "kernels/attention/cudnn/cudnn.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "harness/core/error.h"
#include "harness/core/shape.h"
#include "kernels/catalogue.h"
#include "tests/kernels/small_host.h"
#include "tests/not_run.h"

namespace assay::attention {
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

const Implementation* peer(Workload workload, const std::string& dtype) {
  const auto& all = catalogue();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) {
    return one->workload() == name(workload) && one->dtype() == dtype && one->name() == "cudnn";
  });
  return found == all.end() ? nullptr : found->get();
}

std::optional<std::string> refusal(Workload workload, Dtype element, const char* shape,
                                   int capability_major = 9) {
  const Problem problem = problem_of(workload, Shape::parse(shape)).problem.value();
  return cudnn::refusal({workload, element, problem, capability_major});
}

void need_cudnn() {
  if (const std::string why = cudnn::why_none(); !why.empty()) test::not_run(why);
}

constexpr Workload kBothWays[] = {Workload::forward, Workload::backward};

TEST_SUITE("unit") {
  TEST_CASE("cuDNN is the peer of forward and backward passes in bf16 and f16") {
    for (const Workload workload : kBothWays)
      for (const char* dtype : {"bf16", "f16"}) {
        const Implementation* found = peer(workload, dtype);
        REQUIRE(found);
        CHECK((found->summary().find("left out of this executable") != std::string::npos) ==
              cudnn::is_left_out());
      }
  }

  TEST_CASE("cuDNN that cannot be used is refused with what is missing") {
    const Shape shape = Shape::parse("b1_hq8_hkv2_sq512_sk512_d128_causal");
    const auto why = peer(Workload::forward, "bf16")->refuses(shape, SomeGpu("9.0"));
    const std::string missing = cudnn::why_none();
    if (missing.empty()) {
      CHECK_FALSE(why);
    } else {
      REQUIRE(why);
      CHECK(*why == "cuDNN is missing: " + missing);
    }
    CHECK(peer(Workload::forward, "bf16")->refuses(shape, SomeGpu("7.5")) ==
          "needs compute capability 8.x or later, this device has 7.5");
  }

  TEST_CASE("cuDNN is asked for no window and no sequences of different lengths") {
    for (const char* shape :
         {"b1_hq8_hkv2_sq512_sk512_d128_w64", "b9_hq8_hkv2_sq512_sk512_d128_causal_varlen"}) {
      const auto why = peer(Workload::forward, "f16")->refuses(Shape::parse(shape), SomeGpu("9.0"));
      REQUIRE(why);
      CHECK(why->find("cuDNN is asked for") != std::string::npos);
    }
  }

  TEST_CASE("causal and full graphs validate forward and backward with grouped-query heads") {
    need_cudnn();
    for (const Workload workload : kBothWays)
      for (const Dtype element : {Dtype::bf16, Dtype::f16})
        for (const char* shape :
             {"b2_hq64_hkv8_sq8192_sk8192_d128_causal", "b2_hq64_hkv8_sq8192_sk8192_d128_full",
              "b1_hq32_hkv2_sq8192_sk8192_d256_causal", "b2_hq64_hkv8_sq8192_sk8192_d64_causal",
              "b1_hq4_hkv4_sq333_sk333_d128_causal", "b1_hq4_hkv1_sq200_sk1100_d64_full",
              "b2_hq8_hkv8_sq512_sk1024_d128_causal",
              "b1_hq128_hkv128_sq8192_sk8192_d192_dv128_causal"}) {
          const auto why = refusal(workload, element, shape);
          CHECK_MESSAGE(!why, name(workload), "/", shape, ": ", why.value_or(""));
        }
  }

  TEST_CASE("what cuDNN does not take is refused in its own words") {
    need_cudnn();
    const struct {
      Workload workload;
      const char* shape;
      int capability_major;
      const char* words;
    } rows[] = {{Workload::forward, "b1_hq4_hkv4_sq512_sk512_d264_causal", 9, "less than 256"},
                {Workload::forward, "b1_hq4_hkv4_sq777_sk333_d128_causal", 9, "s_q > s_kv"},
                {Workload::forward, "b1_hq4_hkv4_sq333_sk777_d128_causal", 9, "multiple of 64"},
                {Workload::backward, "b1_hq4_hkv4_sq512_sk512_d256_causal", 8, "less than 128"}};
    for (const auto& row : rows) {
      CAPTURE(row.shape);
      const auto why = refusal(row.workload, Dtype::bf16, row.shape, row.capability_major);
      REQUIRE(why);
      CHECK(why->starts_with("cuDNN: "));
      CHECK(why->find(row.words) != std::string::npos);
      CHECK(why->find('\n') == std::string::npos);
    }
  }

  TEST_CASE("plans of cuDNN need a GPU and end in one line without") {
    need_cudnn();
    if (choose_backend("auto") == Backend::cuda) test::not_run("this machine has a GPU");
    SomeGpu gpu("9.0");
    const Problem problem =
        problem_of(Workload::forward, Shape::parse("b1_hq8_hkv2_sq512_sk512_d128_causal"))
            .problem.value();
    std::string said;
    try {
      cudnn::make_plans({Workload::forward, Dtype::bf16, problem, 9}, gpu, 1 << 20);
    } catch (const Error& error) {
      said = error.what();
    }
    CHECK(said.starts_with("cuDNN: creating a handle failed: "));
    CHECK(said.find('\n') == std::string::npos);
  }
}

}  // namespace
}  // namespace assay::attention
