// The kernels that check a GEMM's matrices on the device, as they lose every call in turn: those of
// on_device/ that combine what threads found, and the comparison of two results.
#include <algorithm>

#include "kernels/gemm/on_device/kernels.cuh"
#include "kernels/gemm/sdc/compare.cuh"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

constexpr on_device::Place kPlace{1, nullptr};

/// Two rows whose sums are told, and an element that is no integer.
void project_trial(Emulator& emulator) {
  constexpr std::int64_t kRows = 2, kColumns = 40;
  const auto matrix = emulator.input<float>("matrix", kRows * kColumns);
  const auto x = emulator.input<unsigned long long>("x", kColumns);
  const auto out = emulator.input<unsigned long long>("out", kRows);
  const auto not_whole = emulator.input<unsigned>("not whole", 1);
  std::fill(matrix.begin(), matrix.end(), 3.0F);
  std::fill(x.begin(), x.end(), 5);
  matrix.back() = 0.5F;
  on_device::Projection all;
  all.matrix = matrix.data();
  all.kept = kRows;
  all.summed = all.kept_step = kColumns;
  all.summed_step = 1;
  all.x = x.data();
  all.out = out.data();
  all.not_whole = not_whole.data();
  on_device::launch_project(all, kPlace);
  expect(out[0] == 15 * kColumns && out[1] == 15 * (kColumns - 1), "the sums are wrong");
  expect(not_whole[0] == 1, "nothing is said of the element that is no integer");
}

/// An output of ones with two NaNs.
void scan_trial(Emulator& emulator) {
  constexpr std::uint64_t kCount = 300;
  constexpr std::uint16_t kNan = 0x7FC0, kMagnitude = 0x7FFF, kInfinity = 0x7F80;
  const auto output = emulator.input<std::uint16_t>("output", kCount);
  const auto scanned = emulator.input<on_device::Scanned>("scanned", 1);
  std::fill(output.begin(), output.end(), std::uint16_t{1});
  output[70] = output[290] = kNan;
  scanned[0] = {};
  on_device::Scanned expected;
  expected.first_nan = 70;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    expected.sum += output[i];
    expected.weighted += output[i] * (2 * i + 1);
  }
  on_device::launch_scan(
      {output.data(), kCount, Dtype::bf16, kMagnitude, kInfinity, scanned.data()}, kPlace);
  expect(scanned[0].sum == expected.sum && scanned[0].weighted == expected.weighted,
         "the checksum is wrong");
  expect(scanned[0].first_nan == expected.first_nan, "the first NaN is elsewhere");
}

/// Three words that differ, two of them a thread's.
void compare_trial(Emulator& emulator) {
  constexpr std::uint64_t kWords = 2200;
  const auto golden = emulator.input<std::uint32_t>("golden", kWords);
  const auto got = emulator.input<std::uint32_t>("got", kWords);
  const auto difference = emulator.input<BitDifference>("difference", 1);
  got[100] = got[90] = got[90 + sdc::kThreads * sdc::kBlocksEach] = 1;
  difference[0] = {};
  sdc::compare<8>(1)
      .bind({golden.data(), got.data(), kWords, difference.data()}, {})
      .launch(nullptr);
  expect(difference[0].words == 3, "the number of words that differ is wrong");
  expect(difference[0].first == 90, "the first word that differs is elsewhere");
}

void gemm_checks_trial(Emulator& emulator) {
  project_trial(emulator);
  scan_trial(emulator);
  compare_trial(emulator);
}

const KernelEnrolment kChecks{{"gemm_checks", gemm_checks_trial, {}}};

}  // namespace

}  // namespace assay::emulator
