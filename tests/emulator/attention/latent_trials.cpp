// Latent decode steps small enough to run under many seeds.
#include "tests/emulator/attention/latent_trials.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "kernels/attention/sm90/latent_launch.cuh"
#include "tests/emulator/attention/attention_case.h"
#include "tests/emulator/attention/cache_case.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

struct Uncleared : attention::sm90::Latent<device::Bf16, 1> {};
struct Swapped : attention::sm90::Latent<device::Bf16, 1> {};

}  // namespace

}  // namespace assay::emulator

namespace assay::attention::sm90 {

template <>
void clear_rows<emulator::Uncleared>(unsigned char*, int, int) {}

template <>
std::uint64_t latent_values<emulator::Swapped>(LatentShared<emulator::Swapped>& shared, int stage,
                                               int consumer) {
  using ValueTile = emulator::Swapped::ValueTile;
  return hopper::tile_descriptor<ValueTile>(shared.keys[stage] +
                                            (1 - consumer) * ValueTile::kBytes);
}

}  // namespace assay::attention::sm90

namespace assay::emulator {

namespace {

struct LatentTrial {
  std::string shape;
  AttentionData data = AttentionData::counting;
  int multiprocessors = 1;
  LatentFault fault = LatentFault::none;
};

/// The cache with NaN, of 16 bits, in every slot without a key.
std::vector<std::byte> with_nan(const AttentionCase& one, const std::vector<std::int32_t>& table) {
  const attention::Problem& p = one.problem;
  const auto row_bytes = static_cast<std::size_t>(p.width) * 2;
  std::vector<std::byte> cache(one.k.size(), std::byte{0xFF});
  for (int batch = 0; batch < p.batches; ++batch) {
    const std::int32_t* pages = table.data() + batch * p.pages_a_sequence();
    for (int key = 0; key < p.keys; ++key) {
      const auto row = static_cast<std::size_t>(pages[key / p.page] * p.page + key % p.page);
      std::copy_n(one.k.data() + row * row_bytes, row_bytes, cache.data() + row * row_bytes);
    }
  }
  return cache;
}

template <class Element>
void run_latent_trial(
    Emulator& emulator, const LatentTrial& trial,
    decltype(attention::Kernel::plan) plan_of = attention::sm90::latent_plan_for<Element>) {
  constexpr Dtype kDtype = std::is_same_v<Element, device::F16> ? Dtype::f16 : Dtype::bf16;
  const AttentionCase& one = cache_case(trial.shape, kDtype, trial.data);
  attention::Problem problem = one.problem;
  const auto rows = problem.output_rows();
  const auto output = emulator.output<std::byte>(
      "o", attention::element_count(rows, problem.value_width) * sizeof(Element));
  const auto sums = emulator.output<float>("log-sum-exp", static_cast<std::size_t>(rows));
  std::vector<std::int32_t> table = page_table_of(problem);
  attention::Pointers arrays;
  arrays.q = given(emulator, "q", one.q);
  arrays.k = arrays.v = given(emulator, "cache", with_nan(one, table));
  arrays.pages = static_cast<int>(one.k.size() / 2 /
                                  static_cast<std::size_t>(problem.key_cache().page_elements()));
  if (trial.fault == LatentFault::page_read_twice) table[1] = table[0];
  if (trial.fault == LatentFault::key_too_few) --problem.keys;
  if (trial.fault == LatentFault::key_too_many) ++problem.keys;
  arrays.table = given(emulator, "page table", table);
  arrays.output = output.data();
  arrays.log_sum_exp = sums.data();
  const attention::Plan plan = plan_of(problem, trial.multiprocessors);
  const Workspace workspace{
      emulator.output<std::byte>("partial results", plan.scratch_bytes).data(), nullptr};
  plan.bind(arrays, workspace).launch(nullptr);
  const std::string difference = attention_difference(one, output, sums);
  expect(difference.empty(), difference);
}

template <class Element>
NamedTrial latent(const LatentTrial& trial) {
  return {trial.shape, [trial](Emulator& emulator) { run_latent_trial<Element>(emulator, trial); }};
}

const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};
const NotFunctional kConverge{"bar.warp.sync",
                              "the cluster's barrier wants a converged warp; here lanes are free"};

const KernelEnrolment kLatent{
    {"attention_decode_latent", attention_decode_latent_trial, {kPool}, 4}};
const KernelEnrolment kLatentPair{
    {"attention_decode_latent_pair", attention_decode_latent_pair_trial, {kPool, kConverge}, 4}};

}  // namespace

std::vector<NamedTrial> bf16_latent_trials() {
  return {latent<device::Bf16>({"b2_hq3_hkv1_sq1_sk200_d576_dv512_full_page16_latent"}),
          latent<device::Bf16>({"b1_hq46_hkv1_sq3_sk330_d576_dv512_causal_page64_latent",
                                AttentionData::normal, 6})};
}

std::vector<NamedTrial> f16_latent_trials() {
  return {latent<device::F16>({"b1_hq5_hkv1_sq3_sk340_d576_dv512_causal_page32_latent",
                               AttentionData::counting, 3}),
          latent<device::F16>(
              {"b1_hq4_hkv1_sq1_sk150_d576_dv512_full_page128_latent", AttentionData::normal})};
}

std::vector<NamedTrial> paired_latent_trials() {
  return {latent<device::Bf16>({"b2_hq35_hkv1_sq2_sk200_d576_dv512_causal_page16_latent"}),
          latent<device::F16>(
              {"b1_hq65_hkv1_sq1_sk345_d576_dv512_full_page64_latent", AttentionData::normal, 4})};
}

void attention_decode_latent_trial(Emulator& emulator) {
  run_latent_trial<device::Bf16>(emulator, {"b1_hq2_hkv1_sq1_sk300_d576_dv512_full_page16_latent"});
}

void attention_decode_latent_pair_trial(Emulator& emulator) {
  run_latent_trial<device::Bf16>(emulator,
                                 {"b1_hq65_hkv1_sq1_sk300_d576_dv512_full_page16_latent"});
}

Trial latent_with_fault(LatentFault fault) {
  LatentTrial trial{"b1_hq2_hkv1_sq2_sk200_d576_dv512_causal_page16_latent"};
  trial.fault = fault;
  return [trial](Emulator& emulator) {
    if (trial.fault == LatentFault::rows_not_cleared) {
      run_latent_trial<device::Bf16>(emulator, trial, attention::sm90::latent_plan<Uncleared>);
    } else if (trial.fault == LatentFault::columns_swapped) {
      run_latent_trial<device::Bf16>(emulator, trial, attention::sm90::latent_plan<Swapped>);
    } else {
      run_latent_trial<device::Bf16>(emulator, trial);
    }
  };
}

}  // namespace assay::emulator
