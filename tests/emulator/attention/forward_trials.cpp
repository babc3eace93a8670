// Shapes of at least three blocks of keys, small enough to run under many seeds.
#include "tests/emulator/attention/forward_trials.h"

#include "tests/emulator/attention/attention_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using attention::Mask;

struct ShortTile {
  static constexpr attention::sm90::TileConfig kTile{128, 128, 64, 2};
};
using ShortForward = attention::sm90::Forward<device::Bf16, ShortTile>;
constexpr auto kShortPlan = attention::sm90::forward_plan<ShortForward>;

struct SwappedTile : ShortTile {};
using SwappedForward = attention::sm90::Forward<device::Bf16, SwappedTile>;

}  // namespace

}  // namespace assay::emulator

namespace assay::attention::sm90 {

/// The second warpgroup multiplies first, though only the first waits for the copies.
template <>
struct Turns<emulator::SwappedForward> : Turns<emulator::ShortForward> {
  static void begin(int consumer) {
    if (consumer == 0) device::named_barrier_arrive(barrier(1), kThreads);
  }
  static void end(int consumer) {
    if (consumer == 1) device::named_barrier_sync(barrier(1), kThreads);
  }
};

}  // namespace assay::attention::sm90

namespace assay::emulator {

namespace {

template <class Element>
NamedTrial forward(const ForwardTrial& trial) {
  return {trial.shape, [trial](Emulator& emulator) {
            run_forward_trial<Element>(emulator, trial, attention::sm90::plan<Element>);
          }};
}

template <class Element>
std::vector<NamedTrial> forward_trials() {
  constexpr AttentionData kNormal = AttentionData::normal;
  return {
      forward<Element>({"b1_hq2_hkv1_sq136_sk300_d128_causal"}),
      forward<Element>({"b1_hq1_hkv1_sq264_sk60_d128_causal"}),
      forward<Element>({"b2_hq1_hkv1_sq72_sk420_d128_w300", kNormal}),
      forward<Element>({"b1_hq2_hkv2_sq72_sk368_d128_full"}),
      forward<Element>({"b1_hq1_hkv1_sq136_sk368_d128_full", kNormal, 1}),
      forward<Element>({"b1_hq2_hkv1_sq72_sk300_d64_causal"}),
      forward<Element>({"b1_hq1_hkv1_sq136_sk400_d64_w200", kNormal}),
      forward<Element>({"b1_hq2_hkv2_sq72_sk400_d64_full"}),
      forward<Element>({"b1_hq1_hkv1_sq136_sk400_d64_full", kNormal, 1}),
      forward<Element>({"b1_hq2_hkv1_sq72_sk300_d192_dv128_causal"}),
      forward<Element>({"b1_hq1_hkv1_sq136_sk300_d192_dv128_full", kNormal, 1}),
      forward<Element>({"b1_hq2_hkv1_sq72_sk200_d256_causal"}),
      forward<Element>({"b1_hq1_hkv1_sq136_sk150_d256_full", kNormal, 1}),
  };
}

const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};

const KernelEnrolment kForward{{"attention_forward", attention_forward_trial, {kPool}}};

}  // namespace

std::vector<NamedTrial> varlen_forward_trials() {
  return {
      forward<device::Bf16>({"b5_hq2_hkv1_sq168_sk200_d128_causal_varlen"}),
      forward<device::F16>({"b3_hq1_hkv1_sq136_sk300_d64_full_varlen", AttentionData::normal, 1}),
      forward<device::F16>({"b2_hq1_hkv1_sq136_sk60_d128_causal_varlen"}),
      forward<device::Bf16>(
          {"b2_hq1_hkv1_sq72_sk200_d192_dv128_w100_varlen", AttentionData::normal}),
  };
}

Trial varlen_forward_with_begin(int planted) {
  ForwardTrial trial{"b2_hq1_hkv1_sq136_sk200_d64_full_varlen"};
  trial.planted_begin = planted;
  return [trial](Emulator& emulator) {
    run_forward_trial<device::F16>(emulator, trial, attention::sm90::plan<device::F16>);
  };
}

std::vector<NamedTrial> bf16_forward_trials() { return forward_trials<device::Bf16>(); }
std::vector<NamedTrial> f16_forward_trials() { return forward_trials<device::F16>(); }

void attention_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(
      emulator, {"b1_hq1_hkv1_sq136_sk200_d128_causal", AttentionData::counting, 1}, kShortPlan);
}

void swapped_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq128_sk200_d128_full"},
                                  attention::sm90::forward_plan<SwappedForward>);
}

Trial forward_with_window(int width) {
  ForwardTrial trial{"b1_hq1_hkv1_sq128_sk200_d128_w70"};
  trial.planted = Mask{Mask::Kind::window, width};
  return
      [trial](Emulator& emulator) { run_forward_trial<device::Bf16>(emulator, trial, kShortPlan); };
}

}  // namespace assay::emulator
