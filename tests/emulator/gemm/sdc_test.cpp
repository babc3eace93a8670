// The search for silent data corruption on emulated kernels: a bit that flips is found and its tile
// is named; without one nothing is.
#include <doctest/doctest.h>

#include <cstring>

#include "kernels/gemm/sdc/sdc_case.h"
#include "tests/emulator/gemm/sdc_kernels.h"
#include "tests/emulator/runtime/emulator.h"
#include "tests/kernels/small_host.h"

namespace assay::emulator {

namespace {

class EmulatedBuffer final : public Buffer {
 public:
  EmulatedBuffer(Emulator& emulator, std::size_t bytes)
      : bytes_(emulator.input<unsigned char>("buffer", bytes)) {}
  void* data() override { return bytes_.data(); }
  std::size_t size_bytes() const override { return bytes_.size(); }

 private:
  std::span<unsigned char> bytes_;
};

/// A host whose buffers the emulator watches.
class EmulatedDevice final : public test::SmallHost {
 public:
  explicit EmulatedDevice(Emulator& emulator) : emulator_(emulator) {}
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override {
    return std::make_unique<EmulatedBuffer>(emulator_, bytes);
  }

 private:
  Emulator& emulator_;
};

/// Where run number `at_run` has a bit of its result flipped.
struct Flip {
  int at_run;
  std::int64_t element;
};

struct Outcome {
  Verification verification;
  std::optional<std::string> after;
};

Outcome search_with(const std::optional<Flip>& flip) {
  Emulator emulator;
  EmulatedDevice device(emulator);
  const GemmShape shape{256, 264, 72};
  const auto operands = std::make_shared<GemmOperands>(device, shape, tensor_core_types("bf16"), 3);
  int run = 0;
  const auto multiply = [&](const GemmPointers& matrices) {
    emulated_product({.matrices = matrices, .shape = shape, .multiprocessors = 2});
    if (flip && run++ == flip->at_run) {
      auto* bits = static_cast<std::uint16_t*>(matrices.c) + flip->element;
      *bits = static_cast<std::uint16_t>(*bits ^ 1);  // the last bit of the mantissa
    }
  };
  SdcCase search(device, operands, multiply, emulated_comparison, {128, 256}, Json::object());
  Outcome outcome{search.verify(), std::nullopt};
  for (int i = 0; i < 3; ++i) search.enqueue(static_cast<std::size_t>(i) % search.operand_sets());
  outcome.after = search.wrong_after_samples();
  return outcome;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("repeated products of the Hopper kernel have the same bits") {
    const Outcome outcome = search_with(std::nullopt);
    CHECK_MESSAGE(outcome.verification.ok(), outcome.verification.detail);
    CHECK_FALSE(outcome.after);
  }

  TEST_CASE("a flipped bit of a device buffer is found and its tile is named") {
    // Two runs verify, the third is golden; the fifth is one of those that are sampled.
    const Outcome outcome = search_with(Flip{5, 130 * 264 + 258});
    CHECK(outcome.verification.ok());
    REQUIRE(outcome.after);
    CHECK(*outcome.after ==
          "1 words of C changed between runs of the same product; the first is at element (130, "
          "258), in tile (1, 1) of 128x256");
  }

  TEST_CASE("a bit that flips before the first sample fails the verification") {
    const Outcome outcome = search_with(Flip{3, 7});
    CHECK_FALSE(outcome.verification.ok());
    CHECK(outcome.verification.detail.find("tile (0, 0)") != std::string::npos);
  }
}

}  // namespace assay::emulator
