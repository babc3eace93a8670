// The loop over kernels of gpu_test.cpp, with kernels that throw.
#include "tests/kernels/verify_each.h"

#include "tests/kernels/small_host.h"
#include "tests/measure/fakes.h"

namespace assay {
namespace {

const std::vector<Shape> kShapes = {{{"m", 1}}, {{"m", 2}}};

/// Throws what it is given, or is right.
class Thrower final : public Implementation {
 public:
  Thrower(std::string name, std::function<void()> step)
      : name_(std::move(name)), step_(std::move(step)) {}
  std::string workload() const override { return "gemm"; }
  std::string dtype() const override { return "f32"; }
  std::string name() const override { return name_; }
  Backend backend() const override { return Backend::host; }
  std::string summary() const override { return "a test's"; }
  std::optional<std::string> refuses(const Shape&, const Device&) const override {
    return std::nullopt;
  }
  std::unique_ptr<TimedCase> prepare(GroupContext&) const override {
    step_();
    return std::make_unique<test::FakeCase>(name_, clock_, 1e-3);
  }

 private:
  std::string name_;
  std::function<void()> step_;
  mutable test::FakeClock clock_;
};

TEST_SUITE("unit") {
  TEST_CASE("a kernel that throws is named and hides neither its other shapes nor other kernels") {
    static int right = 0;  // over all of the subcases, as doctest comes back for each
    test::SmallHost host;
    const Thrower kernels[] = {
        {"throws", [] { throw Error("status 14"); }},
        {"refuses", [] { throw Refused("too small"); }},
        {"right", [] { ++right; }},
    };
    for (const Thrower& kernel : kernels) {
      SUBCASE(kernel.name().c_str()) {
        const auto failures = test::failures_of(kernel, host, kShapes);
        if (kernel.name() == "throws")
          CHECK(failures == std::vector<std::string>{"gemm.f32.throws/m1: status 14",
                                                     "gemm.f32.throws/m2: status 14"});
        else
          CHECK(failures.empty());
        CHECK(right == (kernel.name() == "right" ? 2 : 0));
      }
    }
  }

  TEST_CASE("a kernel that loses the device ends the loop") {
    test::SmallHost host;
    test::FakeDevice gone;
    gone.on_synchronize = [] { throw DeviceLost("a misaligned address"); };
    const Thrower at_once("one", [] { throw DeviceLost("a misaligned address"); });
    const Thrower unknowing("one", [] { throw Error("status 14"); });
    CHECK_THROWS_AS(test::failures_of(at_once, host, kShapes), DeviceLost);
    CHECK_THROWS_AS(test::failures_of(unknowing, gone, kShapes), DeviceLost);
  }
}

}  // namespace
}  // namespace assay
