// Which of a kernel's plans a group is measured with. The kernel is a stand-in that only sleeps.
#include "kernels/gemm/gpu_gemm.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <thread>

#include "harness/measure/device_lost.h"
#include "tests/kernels/gemm/plain_product.h"
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

/// What a plan does after its product.
using Fault = std::function<void(const GemmPointers&)>;
std::array<Fault, 3> faults;
std::array<int, 3> products;

GemmPlans multiplying_plans(const GemmProblem& problem) {
  GemmPlans plans;
  for (const char* name : {"first", "second", "third"}) {
    const std::size_t i = plans.size();
    GemmPlan plan;
    plan.description = std::string("the ") + name;
    plan.bind = [i, shape = problem.shape](const GemmPointers& matrices, const Workspace&) {
      return PreparedLaunch([i, shape, matrices](void*) {
        ++products[i];
        test::plain_product({shape, host_gemm_types("f32")}, matrices);
        if (faults[i]) faults[i](matrices);
      });
    };
    plans.push_back(plan);
  }
  return plans;
}

GpuGemm kernel_with(GemmPlans (*plans)(const GemmProblem&)) {
  launches = {};
  return GpuGemm({.dtype = "f32",
                  .name = "stand_in",
                  .summary = "",
                  .types = host_gemm_types("f32"),
                  .plans = plans});
}

GroupContext small_group(Device& device, Purpose purpose = Purpose::timing) {
  return {device, {"gemm", "f32", "", {{"m", 8}, {"n", 8}, {"k", 8}}}, 1, purpose};
}

std::unique_ptr<TimedCase> prepared(GemmPlans (*plans)(const GemmProblem&), Device& device) {
  GroupContext context = small_group(device);
  return kernel_with(plans).prepare(context);
}

/// In a run that only verifies, where the second plan has this fault.
std::unique_ptr<TimedCase> prepared_to_verify(Device& device, Fault of_second = {}) {
  GroupContext context = small_group(device, Purpose::verification);
  faults = {Fault{}, std::move(of_second), Fault{}};
  products = {};
  return kernel_with(multiplying_plans).prepare(context);
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

  TEST_CASE("where nothing is timed every plan that a GEMM kernel offers is verified") {
    test::SmallHost device;
    const auto timed = prepared_to_verify(device);
    CHECK(products == std::array{0, 0, 0});
    const Verification verification = timed->verify();
    CHECK_MESSAGE(verification.ok(), verification.detail);
    CHECK(products == std::array{2, 2, 2});  // on integers and on normal data
    CHECK_THROWS_WITH_AS(timed->enqueue(0), doctest::Contains("no plan to time"), Error);
  }

  TEST_CASE("a plan of a GEMM kernel that is wrong is named where every plan is verified") {
    test::SmallHost device;
    const auto timed =
        prepared_to_verify(device, [](const GemmPointers& p) { ++static_cast<float*>(p.c)[9]; });
    const Verification verification = timed->verify();
    CHECK_FALSE(verification.ok());
    CHECK(verification.detail.rfind("the second: integer inputs: ", 0) == 0);
    CHECK(products[0] == 2);
  }

  TEST_CASE("a plan of a GEMM kernel that breaks its device is named and the device still lost") {
    test::SmallHost device;
    const auto broken =
        prepared_to_verify(device, [](const GemmPointers&) { throw DeviceLost("it is lost"); });
    CHECK_THROWS_WITH_AS(broken->verify(), "the second: it is lost", DeviceLost);
    const auto failing =
        prepared_to_verify(device, [](const GemmPointers&) { throw Error("no launch"); });
    CHECK_THROWS_WITH_AS(failing->verify(), "the second: no launch", Error);
  }

  TEST_CASE("a GEMM kernel without a choice of plans is not timed before it is measured") {
    test::SmallHost device;
    const auto timed = prepared(one_plan, device);
    CHECK(launches == std::array{0, 0, 0, 0});
    CHECK(timed->choice() == Json{{"plan", "sleeps 15 ms"}});
  }
}

}  // namespace assay
