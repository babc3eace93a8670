// Which of a kernel's plans a group is measured with. The kernel is a stand-in that only sleeps.
#include "kernels/gemm/gpu_gemm.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <thread>

#include "tests/kernels/small_host.h"

namespace assay {
namespace {

constexpr std::array kTakesMs = {15, 1, 30, 60};  // in the order of its model
std::array<int, kTakesMs.size()> launches;

GemmPlans sleeping_plans(const GemmProblem&) {
  GemmPlans plans;
  for (std::size_t i = 0; i < kTakesMs.size(); ++i) {
    GemmPlan plan;
    plan.description = "sleeps " + std::to_string(kTakesMs[i]) + " ms";
    plan.bind = [i](const GemmPointers&, const Workspace&) {
      return PreparedLaunch([i](void*) {
        ++launches[i];
        std::this_thread::sleep_for(std::chrono::milliseconds(kTakesMs[i]));
      });
    };
    plans.push_back(plan);
  }
  return plans;
}

GemmPlans one_plan(const GemmProblem& problem) { return {sleeping_plans(problem).front()}; }

GpuGemm kernel_with(GemmPlans (*plans)(const GemmProblem&)) {
  launches = {};
  return GpuGemm({.dtype = "f32",
                  .name = "stand_in",
                  .summary = "",
                  .types = host_gemm_types("f32"),
                  .plans = plans});
}

GroupContext small_group(Device& device) {
  return {device, {"gemm", "f32", "", {{"m", 8}, {"n", 8}, {"k", 8}}}, 1};
}

std::unique_ptr<TimedCase> prepared(GemmPlans (*plans)(const GemmProblem&), Device& device) {
  GroupContext context = small_group(device);
  return kernel_with(plans).prepare(context);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a GEMM kernel is measured with the fastest of the plans that it offers") {
    test::SmallHost device;
    const auto timed = prepared(sleeping_plans, device);
    const Json choice = timed->choice();
    CHECK(choice["plan"] == "sleeps 1 ms");
    CHECK(choice["model_rank"] == 1);
    CHECK(choice["plans_timed"] == 4);
    CHECK(choice["took_s"].get<double>() >= 1e-3);
    REQUIRE(choice["runners_up"].size() == 2);
    CHECK(choice["runners_up"][0]["plan"] == "sleeps 15 ms");
    CHECK(choice["runners_up"][1]["plan"] == "sleeps 30 ms");
    CHECK(choice["runners_up"][1]["took_s"].get<double>() >= 30e-3);
    launches = {};
    timed->enqueue(0);
    CHECK(launches == std::array{0, 1, 0, 0});
  }

  TEST_CASE("every plan that a GEMM kernel offers is timed by itself in its order") {
    test::SmallHost device;
    GroupContext context = small_group(device);
    std::vector<double> took_s;
    kernel_with(sleeping_plans).time_plans(context, [&](std::size_t plan, double seconds) {
      CHECK(plan == took_s.size());
      CHECK(seconds >= 1e-3 * kTakesMs[plan]);
      took_s.push_back(seconds);
    });
    REQUIRE(took_s.size() == kTakesMs.size());
    CHECK(took_s[1] < took_s[0]);
    CHECK(took_s[2] < took_s[3]);
  }

  TEST_CASE("a GEMM kernel without a choice of plans is not timed before it is measured") {
    test::SmallHost device;
    const auto timed = prepared(one_plan, device);
    CHECK(launches == std::array{0, 0, 0, 0});
    CHECK(timed->choice() == Json{{"plan", "sleeps 15 ms"}});
  }
}

}  // namespace assay
