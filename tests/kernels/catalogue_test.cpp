// The catalogue: sorted, unique, and total in what it refuses.
#include "kernels/catalogue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "harness/core/dtype.h"
#include "harness/core/error.h"
#include "harness/core/profile.h"
#include "kernels/gemm/gemm_case.h"
#include "tests/kernels/small_host.h"
#include "tests/not_run.h"

namespace assay {
namespace {

auto key(const Implementation& one) {
  return std::make_tuple(one.workload(), one.dtype(), one.name());
}

class Duplicate final : public GemmImplementation {
 public:
  Duplicate() : GemmImplementation(Backend::host, "f32", "blocked", "a second one", {}) {}
  std::unique_ptr<TimedCase> prepare(GroupContext&) const override { return nullptr; }
};

TEST_SUITE("unit") {
  TEST_CASE("the catalogue is sorted and no name is taken twice") {
    const auto& all = catalogue();
    CHECK(std::is_sorted(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return key(*a) < key(*b); }));
    for (const auto& one : all) {
      CHECK(dtype_named(one->dtype()));
      CHECK_FALSE(one->summary().empty());
      // What the case id is made of reads back as itself.
      const CaseId id{one->workload(), one->dtype(), one->name(), Shape{{"m", 1}}};
      CHECK(CaseId::parse(id.str()) == id);
    }
    CHECK_THROWS_AS(enrol(std::make_unique<Duplicate>()), Error);
  }

  TEST_CASE("the host has its memory workloads and attention and two members in each GEMM group") {
    std::set<std::string> found;
    for (const auto& one : catalogue()) {
      if (one->backend() == Backend::host) {
        found.insert(one->workload() + "." + one->dtype() + "." + one->name());
      }
    }
    for (const char* name :
         {"gemm.f32.blocked", "gemm.f32.openblas", "gemm.bf16.blocked", "gemm.bf16.openblas",
          "memory_read.f32.stream", "memory_write.f32.stream", "memory_copy.f32.stream",
          "memory_triad.f32.stream", "attention_forward.f32.openblas",
          "attention_forward.bf16.openblas", "attention_backward.f32.openblas",
          "attention_backward.bf16.openblas", "attention_decode.f32.blocked",
          "attention_decode.bf16.blocked"}) {
      CHECK_MESSAGE(found.count(name) == 1, name);
    }
  }

  TEST_CASE("every implementation answers for every shape with a reason and never throws") {
    test::SmallHost host;
    const std::int64_t huge = std::int64_t{1} << 62;
    const Shape shapes[] = {
        {},
        {{"m", 1}},
        {{"m", 1}, {"n", 1}, {"k", 0}},
        {{"n", 1}, {"m", 1}, {"k", 1}},
        {{"m", huge}, {"n", huge}, {"k", huge}},
        {{"m", 2147483647}, {"n", 2147483647}, {"k", 2147483647}},
        {{"m", std::nullopt}, {"n", 1}, {"k", 1}},
        {{"m", 8}, {"n", 8}, {"k", 8}, {"causal", std::nullopt}},
        {{"bytes", 0}},
        {{"bytes", 15}},
        {{"bytes", huge}},
        {{"bytes", 16}, {"ranks", 2}},
        {{"bytes", std::nullopt}},
    };
    for (const auto& one : catalogue()) {
      for (const Shape& shape : shapes) {
        const auto reason = one->refuses(shape, host);
        REQUIRE_MESSAGE(reason, one->name(), " takes ", shape.str());
        REQUIRE_FALSE(reason->empty());
      }
    }
  }

  TEST_CASE("the profiles of small shapes have every kernel of ours and no other") {
    for (const auto& [profile, workload] :
         {std::pair{"gemm-small", "gemm"}, std::pair{"attention-small", "attention_"}}) {
      CAPTURE(profile);
      std::set<std::string> ours, small;
      for (const auto& one : catalogue()) {
        const bool is_library =
            one->name().starts_with("cublas") || one->name().starts_with("cudnn");
        if (one->backend() == Backend::cuda && one->workload().starts_with(workload) && !is_library)
          ours.insert(one->workload() + "." + one->dtype() + "." + one->name());
      }
      if (ours.empty()) test::not_run("this build has no CUDA kernels");
      for (const ProfileCases& line : load_profile(profile).cases)
        for (const std::string& dtype : line.dtypes)
          for (const std::string& name : line.implementations)
            small.insert(line.workload + "." + dtype + "." + name);
      CHECK(ours == small);
    }
  }

  TEST_CASE("members of a group share one set of operands") {
    test::SmallHost host;
    int made = 0;
    GroupContext context(host, {"gemm", "f32", "", Shape{{"m", 1}}}, 1);
    const std::function<std::shared_ptr<int>()> make = [&] {
      return std::make_shared<int>(++made);
    };
    CHECK(context.operands<int>(make) == context.operands<int>(make));
    CHECK(made == 1);
  }
}

}  // namespace
}  // namespace assay
