// Shapes of at least three blocks of keys, small enough to run under many seeds.
#include "tests/emulator/attention/fp8_trials.h"

#include "kernels/attention/sm90/fp8_launch.cuh"
#include "tests/emulator/attention/attention_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using attention::Mask;
using attention::sm90::forward_plan;
using Fp8Forward = attention::sm90::Fp8Forward<128>;

void run_fp8_trial(Emulator& emulator, const ForwardTrial& trial,
                   decltype(attention::Kernel::plan) plan = attention::sm90::fp8_plan) {
  run_forward_trial<device::E4m3>(emulator, trial, plan);
}

NamedTrial fp8_forward(const ForwardTrial& trial) {
  return {trial.shape, [trial](Emulator& emulator) { run_fp8_trial(emulator, trial); }};
}

struct KeysInARow : Fp8Forward {
  struct Order : Fp8Forward::Order {
    static constexpr int accumulator(int product, int r, int e) {
      return 16 * product + 8 * (r / 2) + 2 * (r % 2) + e % 2 + e / 2 * 4;
    }
  };
};

struct MaskOfColumns : Fp8Forward {
  struct Order : Fp8Forward::Order {
    static constexpr int first_key(int thread) {
      return device::accumulator_position(thread, 0).column;
    }
    static constexpr int key_step(int i) { return 8 * (i / 4) + i % 2; }
  };
};

struct SaturatedExponentials : Fp8Forward {
  static constexpr int kExponentShift = 10;
};

const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};

const KernelEnrolment kFp8Forward{
    {"attention_forward_fp8", attention_forward_fp8_trial, {kPool}, 4}};

}  // namespace

std::vector<NamedTrial> fp8_forward_trials() {
  constexpr AttentionData kNormal = AttentionData::normal;
  return {
      fp8_forward({"b1_hq2_hkv1_sq136_sk304_d128_causal"}),
      fp8_forward({"b1_hq1_hkv1_sq264_sk64_d128_causal"}),
      fp8_forward({"b2_hq1_hkv1_sq72_sk416_d128_w300", kNormal}),
      fp8_forward({"b2_hq4_hkv2_sq72_sk272_d128_full"}),
      fp8_forward({"b1_hq1_hkv1_sq136_sk368_d128_full", kNormal, 1}),
      fp8_forward({"b1_hq2_hkv1_sq72_sk272_d256_causal"}),
      fp8_forward({"b1_hq1_hkv1_sq136_sk144_d256_full", kNormal, 1}),
  };
}

void attention_forward_fp8_trial(Emulator& emulator) {
  run_fp8_trial(emulator, {"b1_hq1_hkv1_sq136_sk400_d128_causal", AttentionData::counting, 1});
}

Trial fp8_forward_with_window(int width) {
  ForwardTrial trial{"b1_hq1_hkv1_sq128_sk208_d128_w70"};
  trial.planted = Mask{Mask::Kind::window, width};
  return [trial](Emulator& emulator) { run_fp8_trial(emulator, trial); };
}

Trial fp8_forward_with_shifted_scales(int shift) {
  ForwardTrial trial{"b1_hq4_hkv2_sq64_sk128_d128_full"};
  trial.planted_scales = shift;
  return [trial](Emulator& emulator) { run_fp8_trial(emulator, trial); };
}

void fp8_forward_with_keys_in_a_row(Emulator& emulator) {
  run_fp8_trial(emulator, {"b1_hq1_hkv1_sq64_sk128_d128_full"}, forward_plan<KeysInARow>);
}

void fp8_forward_with_mask_of_columns(Emulator& emulator) {
  run_fp8_trial(emulator, {"b1_hq1_hkv1_sq64_sk128_d128_causal"}, forward_plan<MaskOfColumns>);
}

void fp8_forward_with_saturated_exponentials(Emulator& emulator) {
  run_fp8_trial(emulator, {"b1_hq1_hkv1_sq64_sk128_d128_full", AttentionData::normal},
                forward_plan<SaturatedExponentials>);
}

}  // namespace assay::emulator
