// The search for silent data corruption as `assay run` makes it on a GPU, from the catalogue to the
// measurement, with the emulator in the GPU's place: a bit that flips is found and its tile named.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "harness/run/device_groups.h"
#include "kernels/catalogue.h"
#include "tests/emulator/gemm/emulated_gpu.h"
#include "tests/emulator/gemm/sdc_kernels.h"

namespace assay::emulator {

namespace {

constexpr std::int64_t kColumns = 264;

/// What a run with this profile measures of one implementation while `flip` is planted.
Measurement measured(const std::string& implementation, const std::optional<Flip>& flip) {
  Emulator emulator;
  std::vector<std::unique_ptr<Device>> devices;
  devices.push_back(
      std::make_unique<EmulatedGpu>(emulator, implementation == "sm80_sdc" ? "8.0" : "9.0"));
  Profile profile;
  profile.sampling = {3, 0.002, 0.003, 0.01};
  profile.cases = {
      {"gemm", "cuda", {"bf16"}, {implementation}, {Shape::parse("m256_n264_k72")}, {}}};
  std::vector<Measurement> all;
  GroupRunOptions options;
  options.on_group = [&](const std::vector<Measurement>& group) { all = group; };
  plant(flip);
  run_groups(run::groups_for(asked_cases(profile, {"cuda"}), devices, 3), options);
  plant(std::nullopt);
  REQUIRE(all.size() == 1);
  return all.front();
}

std::unique_ptr<TimedCase> prepared(const std::string& implementation, GroupContext& context) {
  const auto& all = catalogue();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) {
    return one->dtype() == "bf16" && one->name() == implementation;
  });
  REQUIRE(found != all.end());
  return (*found)->prepare(context);
}

const char* const kImplementations[] = {"sm80_sdc", "sm90_sdc"};

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("repeated products of the kernels that are searched have the same bits") {
    std::string checksum;
    for (const char* implementation : kImplementations) {
      CAPTURE(implementation);
      const Measurement one = measured(implementation, std::nullopt);
      CHECK_MESSAGE(one.status == MeasurementStatus::measured, one.reason);
      CHECK(one.samples);
      REQUIRE(one.verification);
      REQUIRE(one.verification->checksum);
      // Another device of the same model has to find the same.
      CHECK(*measured(implementation, std::nullopt).verification->checksum ==
            *one.verification->checksum);
    }
  }

  TEST_CASE("a flipped bit of a device buffer is found and its tile is named") {
    // Two runs verify, the third is golden, the fourth is compared with it; then samples follow.
    const Flip flip{6, 130 * kColumns + 258};
    const std::string found =
        "1 words of C changed between runs of the same product; the first is at element (130, "
        "258), in tile ";
    const std::string tiles[] = {"(1, 2) of 128x128", "(1, 1) of 128x256"};
    for (int i = 0; i < 2; ++i) {
      const Measurement one = measured(kImplementations[i], flip);
      CHECK(one.status == MeasurementStatus::failed_verification);
      CHECK(one.reason == found + tiles[i]);
      CHECK_FALSE(one.samples);
      CHECK_FALSE(one.verification->ok());
    }
  }

  TEST_CASE("a search for corrupted results asks nothing of its GPU from one launch to the next") {
    for (const char* implementation : kImplementations) {
      CAPTURE(implementation);
      Emulator emulator;
      EmulatedGpu gpu(emulator, "9.0");
      GroupContext context(gpu, {"gemm", "bf16", "", Shape::parse("m8_n8_k8")}, 3);
      const auto timed = prepared(implementation, context);
      CHECK(gpu.questions() > 0);
      CHECK(timed->verify().ok());
      const int before = gpu.questions();
      for (std::size_t run = 0; run < 30; ++run) timed->enqueue(run % timed->operand_sets());
      CHECK_FALSE(timed->wrong_after_samples());
      CHECK(gpu.questions() == before);
    }
  }

  TEST_CASE("a bit that flips before the first sample fails the verification") {
    for (const char* implementation : kImplementations) {
      const Measurement one = measured(implementation, Flip{3, 7});
      CHECK(one.status == MeasurementStatus::failed_verification);
      CHECK(one.reason.find("tile (0, 0)") != std::string::npos);
    }
  }
}

}  // namespace assay::emulator
