// The portable GEMM kernel's trials: every dtype, and one that joins the deletion test.
#include "kernels/gemm/sm80/f32_kernel.cuh"
#include "kernels/gemm/sm80/kernel.cuh"
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using device::Major;

/// The tensor core kernel of a dtype.
template <class O>
struct TensorCores {
  static constexpr Stored kElement = kStoredAs<typename O::Element>;
  static constexpr Stored kResult = kStoredAs<typename O::Output>;
  static constexpr bool kRowsB = O::kMajorB == Major::kMn;
  static void launch(device::LaunchConfig config, const sm80::Arguments& arguments) {
    config.block.x = sm80::kThreads;
    config.shared_bytes = sizeof(sm80::Shared);
    device::launch(config, sm80::gemm<O>, arguments);
  }
};

struct CudaCores {
  static constexpr Stored kElement = Stored::kF32;
  static constexpr Stored kResult = Stored::kF32;
  static constexpr bool kRowsB = true;
  static void launch(device::LaunchConfig config, const sm80::Arguments& arguments) {
    config.block.x = sm80::kF32Threads;
    config.shared_bytes = sizeof(sm80::F32Shared);
    device::launch(config, sm80::gemm_f32, arguments);
  }
};

template <class K>
void run_portable_trial(Emulator& emulator, const GemmTrial& trial) {
  constexpr Stored kElement = K::kElement, kResult = K::kResult;
  const auto bytes = [](int rows, int columns, Stored type) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * stored_bytes(type);
  };
  const auto a = emulator.input<unsigned char>("a", bytes(trial.m, trial.k, kElement));
  const auto b = emulator.input<unsigned char>("b", bytes(trial.k, trial.n, kElement));
  const std::size_t c_bytes = bytes(trial.m, trial.n, kResult);
  const auto c = trial.beta == 0 ? emulator.output<unsigned char>("c", c_bytes)
                                 : emulator.input<unsigned char>("c", c_bytes);
  fill_stored(a, kElement, 1);
  fill_stored(b, kElement, 2);
  if (trial.beta != 0) fill_stored(c, kResult, 3);
  const std::vector<unsigned char> before(c.begin(), c.end());
  sm80::Arguments arguments =
      sm80::arguments_of({trial.m, trial.n, trial.k}, {a.data(), b.data(), c.data()});
  arguments.alpha = trial.alpha;
  arguments.beta = trial.beta;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.rows * arguments.columns);
  K::launch(config, arguments);
  const std::string difference =
      gemm_difference({trial.m, trial.n, trial.k, true, K::kRowsB, trial.alpha, trial.beta}, a,
                      kElement, b, kElement, before, c, kResult);
  expect(difference.empty(), difference);
}

template <class K>
Configuration portable(const char* name, const GemmTrial& aligned, const GemmTrial& ragged) {
  return {name, [aligned](Emulator& emulator) { run_portable_trial<K>(emulator, aligned); },
          [ragged](Emulator& emulator) { run_portable_trial<K>(emulator, ragged); }};
}

using PortableBf16 = TensorCores<sm80::Operands<device::Bf16, device::Bf16, Major::kMn>>;
using PortableF16 = TensorCores<sm80::Operands<device::F16, device::F16, Major::kMn>>;
using PortableTf32 = TensorCores<sm80::Operands<device::Tf32, float, Major::kK>>;
using PortableInt8 = TensorCores<sm80::Operands<std::int8_t, std::int32_t, Major::kK>>;

void gemm_portable_trial(Emulator& emulator) {
  run_portable_trial<PortableBf16>(emulator, {70, 72, 264});
}
const KernelEnrolment kPortable{{"gemm_portable", gemm_portable_trial, {}}};

}  // namespace

std::vector<Configuration> portable_configurations() {
  return {
      portable<PortableBf16>("portable bf16", {128, 128, 64}, {130, 136, 40, 1, 1, 1, 0.5f, 2.0f}),
      portable<PortableF16>("portable f16", {128, 128, 64}, {67, 136, 40}),
      portable<PortableTf32>("portable tf32", {128, 128, 32}, {67, 74, 20}),
      portable<PortableInt8>("portable int8", {128, 128, 128}, {67, 74, 80}),
      portable<CudaCores>("portable f32", {128, 128, 16}, {67, 76, 20, 1, 1, 1, 0.5f, 2.0f})};
}

}  // namespace assay::emulator
