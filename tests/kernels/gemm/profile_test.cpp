// The profiles hold the shapes that are listed, and no shape that the kernel it is for refuses.
#include "harness/core/profile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "kernels/catalogue.h"
#include "kernels/gemm/sm80/problem.h"
#include "kernels/gemm/sm90/plan.h"
#include "tests/kernels/gemm/listed_products.h"
#include "tests/not_run.h"

namespace assay {
namespace {

using device::Major;
using device::TensorElement;

std::set<std::string> shapes_of(const Profile& profile, const std::string& dtype,
                                const std::string& implementation) {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  std::set<std::string> shapes;
  for (const ProfileCases& line : profile.cases) {
    if (line.workload != "gemm" || !has(line.dtypes, dtype)) continue;
    if (!has(line.implementations, implementation)) continue;
    for (const Shape& shape : line.shapes) shapes.insert(shape.str());
  }
  return shapes;
}

struct NativeCase {
  std::string dtype, name;
  Shape shape;
};
std::vector<NativeCase> native_cases(const Profile& profile) {
  std::vector<NativeCase> cases;
  for (const ProfileCases& line : profile.cases) {
    if (line.workload != "gemm") continue;
    for (const std::string& dtype : line.dtypes) {
      for (const std::string& name : line.implementations) {
        if (!name.starts_with("sm")) continue;
        for (const Shape& shape : line.shapes) cases.push_back({dtype, name, shape});
      }
    }
  }
  return cases;
}

std::string text(const GemmShape& shape) {
  Shape out{{"m", shape.m}, {"n", shape.n}, {"k", shape.k}};
  if (shape.groups > 0) out.add("g", shape.groups);
  return out.str();
}

bool is_ragged(const GemmShape& shape) {
  return shape.m % 64 != 0 && shape.n % 64 != 0 && shape.k % 64 != 0;
}

/// Why the kernel that a case names cannot take its shape, by the rules of its file.
std::optional<std::string> refusal_of(const std::string& dtype, const std::string& name,
                                      const GemmShape& shape) {
  const bool by_columns = name.ends_with("by_columns"),
             is_16_bit = dtype == "bf16" || dtype == "f16";
  const bool a_is_mn = by_columns && name.find("_a") != name.npos;
  const bool b_is_mn = by_columns ? !name.ends_with("b_by_columns") : is_16_bit || dtype == "f32";
  const Major a = a_is_mn ? Major::kMn : Major::kK, b = b_is_mn ? Major::kMn : Major::kK;
  const TensorElement element = is_16_bit                           ? TensorElement::kBf16
                                : dtype == "tf32" || dtype == "f32" ? TensorElement::kF32
                                                                    : TensorElement::kU8;
  if (name.starts_with("sm80")) {
    return sm80::refusal(shape, device::element_bytes(element), b, a);
  }
  const TensorElement c = dtype == "int8"   ? TensorElement::kS32
                          : dtype == "tf32" ? TensorElement::kF32
                                            : TensorElement::kBf16;
  return sm90::refusal({shape, element, element, c, a, b});
}

TEST_SUITE("unit") {
  TEST_CASE("the full profile has every listed shape in every dtype and for every kernel") {
    const Profile full = load_profile("gemm-full");
    const auto has_all = [&](const std::string& dtype, const std::string& name,
                             const std::vector<GemmShape>& listed) {
      const auto named = shapes_of(full, dtype, name);
      for (const GemmShape& shape : listed) {
        CHECK_MESSAGE(named.count(text(shape)) == 1, dtype, ".", name, " lacks ", text(shape));
      }
    };
    for (const char* dtype : {"bf16", "f16", "tf32", "int8"})
      for (const char* name : {"sm90", "sm80", "cublaslt"}) has_all(dtype, name, listed_shapes());
    for (const char* name :
         {"sm90", "sm90_block_scaled", "cublaslt", "cublaslt_fast", "cublaslt_block_scaled"})
      has_all("fp8_e4m3", name, listed_shapes());
    has_all("fp8_e5m2", "sm90", listed_shapes());
    for (const char* name : {"sm80", "cublaslt"}) has_all("f32", name, listed_shapes());
    for (const char* name : {"sm90_grouped", "cublas_grouped"})
      has_all("bf16", name, sm90::listed_experts());
    for (const char* name : {"sm90_grouped_block_scaled", "cublaslt_grouped_block_scaled"})
      has_all("fp8_e4m3", name, sm90::listed_experts());
  }

  TEST_CASE("no native kernel refuses a shape that the full profile has for it") {
    for (const auto& [dtype, name, shape] : native_cases(load_profile("gemm-full"))) {
      const auto gemm = GemmShape::from(shape);
      REQUIRE_MESSAGE(gemm, shape.str());
      const auto why = refusal_of(dtype, name, *gemm);
      CHECK_MESSAGE(!why, dtype, ".", name, "/", shape.str(), ": ", why.value_or(""));
    }
  }

  TEST_CASE("every native kernel has ragged shapes in the full profile") {
    std::map<std::string, int> ragged;
    for (const auto& [dtype, name, shape] : native_cases(load_profile("gemm-full"))) {
      ragged[dtype + "." + name] += is_ragged(*GemmShape::from(shape));
    }
    int native = 0;
    for (const auto& one : catalogue()) {
      const bool is_native = one->workload() == "gemm" && one->name().starts_with("sm");
      if (!is_native || one->name().ends_with("_sdc"))
        continue;  // that is one product over and over
      ++native;
      CHECK_MESSAGE(ragged[one->dtype() + "." + one->name()] >= 2, one->dtype(), ".", one->name());
    }
    if (native == 0) test::not_run("this build has no CUDA kernels");
  }
}

}  // namespace
}  // namespace assay
