// Decode steps small enough to run under many seeds.
#include "tests/emulator/attention/decode_trials.h"

#include <string>
#include <type_traits>

#include "kernels/attention/sm80/launch.cuh"
#include "tests/emulator/attention/attention_case.h"
#include "tests/emulator/attention/cache_case.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

struct DecodeTrial {
  std::string shape;
  AttentionData data = AttentionData::counting;
  int multiprocessors = 1;
  PlantedDecode planted = {};
};

std::uint32_t blocks_of(const attention::Problem& problem, int multiprocessors) {
  namespace sm80 = attention::sm80;
  const int rows = attention::PackedRows{problem.group()}.rows(problem.queries);
  const int tile_rows = sm80::kWarpRows * sm80::row_warps(rows);
  return static_cast<std::uint32_t>(
      sm80::arguments_of(problem, tile_rows, multiprocessors).blocks());
}

template <class Element>
void run_decode_trial(Emulator& emulator, const DecodeTrial& trial) {
  constexpr Dtype kDtype = std::is_same_v<Element, device::F16> ? Dtype::f16 : Dtype::bf16;
  const AttentionCase& one = cache_case(trial.shape, kDtype, trial.data);
  attention::Problem problem = one.problem;
  const auto rows = problem.output_rows();
  const auto output = emulator.output<std::byte>(
      "o", attention::element_count(rows, problem.value_width) * sizeof(Element));
  const auto sums = emulator.output<float>("log-sum-exp", static_cast<std::size_t>(rows));
  std::vector<std::int32_t> table = page_table_of(problem);
  if (trial.planted.reads_a_page_twice) table[1] = table[0];
  if (problem.keys == PlantedDecode{}.keys) problem.keys = trial.planted.keys;
  attention::Pointers arrays;
  arrays.q = given(emulator, "q", one.q);
  arrays.k = given(emulator, "k", one.k);
  arrays.v = given(emulator, "v", one.v);
  arrays.table = given(emulator, "page table", table);
  arrays.output = output.data();
  arrays.log_sum_exp = sums.data();
  const attention::Plan plan = attention::sm80::plan<Element>(problem, trial.multiprocessors);
  const auto arrivals = emulator.input<std::byte>("arrivals", plan.counter_bytes);
  const Workspace workspace{
      emulator.output<std::byte>("partial results", plan.scratch_bytes).data(), arrivals.data()};
  // Blocks that read each other's results run at once.
  if (plan.counter_bytes > 0) emulator.keep_resident(blocks_of(problem, trial.multiprocessors));
  plan.bind(arrays, workspace).launch(nullptr);
  expect(std::all_of(arrivals.begin(), arrivals.end(), [](auto n) { return n == std::byte{0}; }),
         "the counts of arrivals are not zero again");
  const std::string difference = attention_difference(one, output, sums);
  expect(difference.empty(), difference);
}

template <class Element>
NamedTrial decode(const DecodeTrial& trial) {
  return {trial.shape, [trial](Emulator& emulator) { run_decode_trial<Element>(emulator, trial); }};
}

const KernelEnrolment kDecode{{"attention_decode", attention_decode_trial, {}}};
const KernelEnrolment kDecodeTeams{{"attention_decode_teams", attention_decode_teams_trial, {}, 4}};

}  // namespace

std::vector<NamedTrial> bf16_decode_trials() {
  using device::Bf16;
  constexpr AttentionData kNormal = AttentionData::normal;
  return {decode<Bf16>({"b2_hq3_hkv1_sq1_sk200_d128_full_page16"}),
          decode<Bf16>({"b1_hq8_hkv2_sq2_sk420_d64_causal_page64", kNormal, 2}),
          decode<Bf16>({"b1_hq5_hkv1_sq16_sk330_d64_causal_page128"}),
          decode<Bf16>({"b1_hq6_hkv1_sq3_sk330_d128_causal_page16", kNormal, 1})};
}

std::vector<NamedTrial> f16_decode_trials() {
  return {decode<device::F16>({"b1_hq4_hkv2_sq1_sk330_d128_causal_page16"}),
          decode<device::F16>({"b1_hq9_hkv1_sq2_sk150_d64_full_page64", AttentionData::normal})};
}

void attention_decode_trial(Emulator& emulator) {
  run_decode_trial<device::Bf16>(emulator, {"b1_hq1_hkv1_sq1_sk780_d128_full_page16"});
}

void attention_decode_teams_trial(Emulator& emulator) {
  run_decode_trial<device::F16>(emulator, {"b1_hq17_hkv1_sq1_sk390_d128_full_page16"});
}

Trial planted_decode(const PlantedDecode& planted) {
  DecodeTrial trial{"b1_hq2_hkv1_sq2_sk200_d64_causal_page16"};
  trial.planted = planted;
  return [trial](Emulator& emulator) { run_decode_trial<device::Bf16>(emulator, trial); };
}

}  // namespace assay::emulator
