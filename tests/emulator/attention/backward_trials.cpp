// Backward passes of a few blocks of keys, small enough to run under many seeds.
#include "tests/emulator/attention/backward_trials.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "kernels/attention/sm90/backward_launch.cuh"
#include "tests/emulator/attention/backward_case.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

struct BackwardTrial {
  std::string shape;
  AttentionData data = AttentionData::counting;
  int multiprocessors = 1;
  PlantedBackward planted = {};
  bool is_ordered = false;
  bool keeps_bits = false;  ///< dQ has the bits of the first such trial of this shape and kernel.
};

template <class T>
T* given_array(Emulator& emulator, const char* name, const std::vector<T>& values) {
  const auto array = emulator.input<T>(name, values.size());
  std::copy(values.begin(), values.end(), array.begin());
  return array.data();
}

template <class Element>
void run_backward_trial(Emulator& emulator, const BackwardTrial& trial) {
  constexpr Dtype kDtype = std::is_same_v<Element, device::F16> ? Dtype::f16 : Dtype::bf16;
  const BackwardCase& one = backward_case(trial.shape, kDtype, trial.data);
  attention::Problem problem = one.problem;
  if (problem.mask.kind == attention::Mask::Kind::window &&
      problem.mask.width == PlantedBackward{}.window) {
    problem.mask.width = trial.planted.window;
  }
  std::vector<float> log_sum_exp = one.inputs.log_sum_exp;
  log_sum_exp.back() += trial.planted.log_sum_exp_shift;
  const auto dq = emulator.output<std::byte>("dq", one.q.size());
  const auto dk = emulator.output<std::byte>("dk", one.k.size());
  const auto dv = emulator.output<std::byte>("dv", one.v.size());
  attention::Pointers arrays;
  arrays.q = given_array(emulator, "q", one.q);
  arrays.k = given_array(emulator, "k", one.k);
  arrays.v = given_array(emulator, "v", one.v);
  arrays.output = given_array(emulator, "o", one.output);
  arrays.output_gradient = given_array(emulator, "do", one.output_gradient);
  arrays.log_sum_exp = given_array(emulator, "log-sum-exp", log_sum_exp);
  arrays.dq = dq.data();
  arrays.dk = dk.data();
  arrays.dv = dv.data();
  namespace sm90 = attention::sm90;
  const attention::Plan plan =
      trial.is_ordered ? sm90::backward_plan<Element, true>(problem, trial.multiprocessors)
                       : sm90::backward_plan<Element, false>(problem, trial.multiprocessors);
  const auto scratch = emulator.output<std::byte>("scratch", plan.scratch_bytes);
  const Workspace workspace{scratch.data(), nullptr};
  // Blocks that wait for each other run at once.
  if (trial.keeps_bits) emulator.keep_resident(static_cast<std::uint32_t>(trial.multiprocessors));
  plan.bind(arrays, workspace).launch(nullptr);
  const std::string difference = gradient_difference(one, dq, dk, dv);
  expect(difference.empty(), difference);
  if (!trial.keeps_bits) return;
  // Before it is rounded, which hides most differences.
  const auto sums = scratch.subspan(
      attention::sm90::BackwardScratch(problem).query_gradients,
      attention::element_count(problem.output_rows(), problem.width) * sizeof(float));
  expect(has_first_bits(trial.shape + (trial.is_ordered ? " ordered" : ""), sums),
         "dQ has other bits than in the first run");
}

template <class Element>
NamedTrial backward(const BackwardTrial& trial) {
  return {trial.shape,
          [trial](Emulator& emulator) { run_backward_trial<Element>(emulator, trial); }};
}

const NotFunctional kBackwardPool{"setmaxnreg.inc",
                                  "it asks for speed: the emulator allots registers"};

const KernelEnrolment kBackward{{"attention_backward", attention_backward_trial, {kBackwardPool}}};
const NotFunctional kAdditionFence{"fence.proxy.async.global",
                                   "the emulator orders additions to dQ in no proxy"};
const NotFunctional kAdditionEnd{
    "cp.async.bulk.wait_group",
    "an addition is announced a step after it begins, and here it has always ended by then"};

const KernelEnrolment kOrderedBackward{{"attention_backward_ordered",
                                        ordered_backward_trial,
                                        {kBackwardPool, kAdditionFence, kAdditionEnd},
                                        4}};

}  // namespace

std::vector<NamedTrial> bf16_backward_trials() {
  return {
      backward<device::Bf16>({"b1_hq2_hkv1_sq136_sk200_d128_causal", AttentionData::counting, 2}),
      backward<device::Bf16>({"b1_hq1_hkv1_sq72_sk150_d64_w100", AttentionData::normal}),
  };
}

std::vector<NamedTrial> f16_backward_trials() {
  return {
      backward<device::F16>({"b1_hq1_hkv1_sq200_sk72_d128_causal"}),
      backward<device::F16>({"b1_hq1_hkv1_sq136_sk150_d64_causal", AttentionData::normal, 2}),
  };
}

void attention_backward_trial(Emulator& emulator) {
  run_backward_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq200_sk200_d128_causal"});
}

void ordered_backward_trial(Emulator& emulator) {
  BackwardTrial trial{"b1_hq1_hkv1_sq136_sk260_d128_full", AttentionData::normal, 2};
  trial.is_ordered = trial.keeps_bits = true;
  run_backward_trial<device::Bf16>(emulator, trial);
}

std::vector<NamedTrial> ordered_backward_trials() {
  BackwardTrial wide{"b1_hq1_hkv1_sq72_sk300_d128_full", AttentionData::normal, 3};
  BackwardTrial narrow{"b1_hq1_hkv1_sq136_sk200_d64_causal", AttentionData::normal, 2};
  wide.is_ordered = wide.keeps_bits = narrow.is_ordered = narrow.keeps_bits = true;
  return {backward<device::Bf16>(wide), backward<device::Bf16>(narrow)};
}

void unordered_backward_trial(Emulator& emulator) {
  BackwardTrial trial{"b1_hq1_hkv1_sq72_sk300_d128_full", AttentionData::normal, 3};
  trial.keeps_bits = true;
  run_backward_trial<device::Bf16>(emulator, trial);
}

Trial planted_backward(const PlantedBackward& planted) {
  const BackwardTrial trial{"b1_hq1_hkv1_sq72_sk150_d128_w70", AttentionData::normal, 1, planted};
  return [trial](Emulator& emulator) { run_backward_trial<device::Bf16>(emulator, trial); };
}

}  // namespace assay::emulator
