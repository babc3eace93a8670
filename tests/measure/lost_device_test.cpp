// A case that fails by what it throws, on a device that is gone with it or still there.
#include <doctest/doctest.h>

#include "harness/measure/device_lost.h"
#include "harness/measure/group_run.h"
#include "harness/measure/refused.h"
#include "tests/measure/fakes.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr const char* kGone = "waiting for a GPU failed: an illegal memory access";

using Preparation = std::function<std::unique_ptr<TimedCase>()>;

/// Measures what `prepare` makes, and behind it a case that works; `prepared` counts the latter.
std::vector<Measurement> measure(FakeDevice& device, const Preparation& prepare, int& prepared,
                                 Instrument* instrument = nullptr) {
  const auto member = [](const char* implementation, const Preparation& how) {
    GroupMember made;
    made.id = CaseId{"gemm", "f32", implementation, Shape{{"m", 8}, {"n", 8}, {"k", 8}}};
    made.prepare = how;
    return made;
  };
  Group group;
  group.name = "gemm.f32/m8_n8_k8";
  group.device = &device;
  group.instrument = instrument;
  group.scope = {"device", {"fake"}};
  group.members = {member("first", prepare), member("second", [&] {
                     ++prepared;
                     return std::make_unique<FakeCase>("second", device.clock, 1e-3);
                   })};
  std::vector<Measurement> all;
  GroupRunOptions options;
  options.sampling = {10, 0.001, 10, 0.01};
  options.on_group = [&](const std::vector<Measurement>& measurements) { all = measurements; };
  run_groups({group}, options);
  return all;
}

/// A case that throws a plain error when it is queued for the sixth time.
Preparation breaking(FakeDevice& device) {
  return [&device] {
    auto timed = std::make_unique<FakeCase>("first", device.clock, 1e-3);
    timed->fails_after = 5;
    return timed;
  };
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a device that is lost while a case is prepared ends the run before the next case") {
    // As a library's error, a refusal of one, and a launch's: none says what became of the device.
    for (const Preparation& prepare :
         {Preparation([]() -> std::unique_ptr<TimedCase> { throw Error("status 14"); }),
          Preparation([]() -> std::unique_ptr<TimedCase> { throw Refused("status 14"); }),
          Preparation(
              []() -> std::unique_ptr<TimedCase> { throw std::runtime_error("status 14"); })}) {
      FakeDevice device;
      device.on_synchronize = [] { throw DeviceLost(kGone); };
      int prepared = 0;
      CHECK_THROWS_WITH_AS(measure(device, prepare, prepared),
                           "status 14; waiting for a GPU failed: an illegal memory access",
                           DeviceLost);
      CHECK(prepared == 0);
    }
  }

  TEST_CASE("a device that is lost in a sample ends the run and no other case is charged") {
    FakeDevice device;
    device.on_synchronize = [] { throw DeviceLost(kGone); };
    int prepared = 0;
    CHECK_THROWS_WITH_AS(measure(device, breaking(device), prepared),
                         "it broke; waiting for a GPU failed: an illegal memory access",
                         DeviceLost);
  }

  TEST_CASE("a device that answers or fails in passing leaves the error to the case") {
    for (const bool fails : {false, true}) {
      CAPTURE(fails);
      FakeDevice device;
      int asked = 0, prepared = 0;
      device.on_synchronize = [&] {
        ++asked;
        if (fails) throw Error("not in a capture");
      };
      const auto all = measure(device, breaking(device), prepared);
      REQUIRE(all.size() == 2);
      CHECK(all[0].status == MeasurementStatus::error);
      CHECK(all[0].reason == "it broke");
      CHECK(all[1].status == MeasurementStatus::measured);
      CHECK(asked == 1);
    }
  }

  // NCCL's kernels would wait for the rank that has failed, and so would this one for them.
  TEST_CASE("a device of several ranks is not waited for behind a failure") {
    FakeDevice device;
    bool is_asked = false;
    int prepared = 0;
    device.on_synchronize = [&] { is_asked = true; };
    const auto all = measure(device, breaking(device), prepared, &device);
    REQUIRE(all.size() == 2);
    CHECK(all[0].reason == "it broke");
    CHECK_FALSE(is_asked);
  }
}
