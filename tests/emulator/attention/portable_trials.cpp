// Shapes of several blocks of keys, small enough to run under many seeds.
#include "tests/emulator/attention/portable_trials.h"

#include "kernels/attention/sm80/forward_launch.cuh"
#include "tests/emulator/attention/attention_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using attention::Mask;
using attention::sm80::Forward;
using attention::sm80::ForwardTile;

struct ShortTile {
  static constexpr ForwardTile kTile{64, 64, 16, 4, 2, 3, 2, false};
};
struct HeldTile {
  static constexpr ForwardTile kTile{64, 64, 16, 4, 2, 2, 2, true};
};
struct UnscaledTile : ShortTile {};
struct CheckedTile : ShortTile {};
struct SwappedTile : ShortTile {};

template <class Tile>
using Portable = Forward<device::Bf16, Tile>;
template <class Tile>
constexpr auto kPlan = attention::sm80::forward_plan_of<Portable<Tile>>;

}  // namespace

}  // namespace assay::emulator

namespace assay::attention::sm80 {

template <>
bool Rescaling<emulator::Portable<emulator::UnscaledTile>>::is_due(const Factors&) {
  return false;
}
/// A largest score never falls, and most rows keep theirs from one block to the next.
template <>
bool Rescaling<emulator::Portable<emulator::CheckedTile>>::is_due(const Factors& factors) {
  constexpr float kRoundedOne = 1 - 0x1p-18F;
  bool changes = false;
  for (const auto& of_tile : factors) {
    for (const float factor : of_tile) {
      if (factor > 1 || (factor > kRoundedOne && factor < 1)) device::trap();
      changes = changes || factor != 1;
    }
  }
  return device::vote_any(changes);
}
template <>
void ForwardCopies<emulator::Portable<emulator::SwappedTile>>::start_keys(int block, int slot) {
  start(values_, block, slot);
}
template <>
void ForwardCopies<emulator::Portable<emulator::SwappedTile>>::start_values(int block, int slot) {
  start(keys_, block, slot);
}

}  // namespace assay::attention::sm80

namespace assay::emulator {

namespace {

template <class Element>
NamedTrial forward(const ForwardTrial& trial) {
  return {trial.shape, [trial](Emulator& emulator) {
            run_forward_trial<Element>(emulator, trial, attention::sm80::forward_plan<Element>);
          }};
}

const KernelEnrolment kForward{{"attention_forward_portable", portable_forward_trial, {}, 4}};
const KernelEnrolment kHeldForward{
    {"attention_forward_portable_held", held_portable_forward_trial, {}, 4}};

}  // namespace

std::vector<NamedTrial> bf16_portable_forward_trials() {
  using device::Bf16;
  constexpr AttentionData kNormal = AttentionData::normal;
  return {forward<Bf16>({"b1_hq2_hkv1_sq72_sk100_d64_causal"}),
          forward<Bf16>({"b2_hq4_hkv2_sq8_sk20_d64_causal"}),
          forward<Bf16>({"b1_hq1_hkv1_sq140_sk100_d64_w80", kNormal}),
          forward<Bf16>({"b1_hq1_hkv1_sq40_sk100_d128_full", kNormal}),
          forward<Bf16>({"b1_hq1_hkv1_sq100_sk70_d128_causal"}),
          forward<Bf16>({"b1_hq1_hkv1_sq80_sk70_d192_dv128_causal", kNormal}),
          forward<Bf16>({"b1_hq1_hkv1_sq40_sk70_d192_dv128_w40"}),
          forward<Bf16>({"b1_hq1_hkv1_sq70_sk50_d256_causal", kNormal}),
          forward<Bf16>({"b1_hq1_hkv1_sq40_sk50_d256_full"}),
          forward<Bf16>({"b2_hq1_hkv1_sq72_sk70_d64_full_varlen", kNormal})};
}

std::vector<NamedTrial> f16_portable_forward_trials() {
  using device::F16;
  constexpr AttentionData kNormal = AttentionData::normal;
  return {forward<F16>({"b1_hq1_hkv1_sq72_sk100_d64_full", kNormal}),
          forward<F16>({"b1_hq1_hkv1_sq72_sk80_d128_causal", kNormal}),
          forward<F16>({"b1_hq1_hkv1_sq40_sk50_d192_dv128_full", kNormal}),
          forward<F16>({"b1_hq1_hkv1_sq72_sk40_d256_w30"}),
          forward<F16>({"b2_hq2_hkv2_sq40_sk70_d64_causal_varlen"})};
}

void portable_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq250_sk60_d64_causal"},
                                  kPlan<ShortTile>);
}

void held_portable_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq120_sk60_d64_full"}, kPlan<HeldTile>);
}

void unscaled_portable_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(
      emulator, {"b1_hq1_hkv1_sq120_sk60_d64_full", AttentionData::normal}, kPlan<UnscaledTile>);
}

void checked_portable_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(
      emulator, {"b1_hq1_hkv1_sq120_sk200_d64_full", AttentionData::normal}, kPlan<CheckedTile>);
}

void swapped_portable_forward_trial(Emulator& emulator) {
  run_forward_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq120_sk60_d64_full"},
                                  kPlan<SwappedTile>);
}

Trial portable_forward_with_window(int width) {
  ForwardTrial trial{"b1_hq1_hkv1_sq128_sk100_d64_w70"};
  trial.planted = Mask{Mask::Kind::window, width};
  return [trial](Emulator& emulator) {
    run_forward_trial<device::Bf16>(emulator, trial, kPlan<ShortTile>);
  };
}

Trial portable_forward_with_begin(int planted) {
  ForwardTrial trial{"b2_hq1_hkv1_sq136_sk100_d64_full_varlen"};
  trial.planted_begin = planted;
  return [trial](Emulator& emulator) {
    run_forward_trial<device::F16>(emulator, trial, attention::sm80::forward_plan<device::F16>);
  };
}

}  // namespace assay::emulator
