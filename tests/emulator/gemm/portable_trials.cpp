// The portable GEMM kernel's trials: every dtype, and one that joins the deletion test.
#include "kernels/gemm/sm80/f32_kernel.cuh"
#include "kernels/gemm/sm80/launch.cuh"
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
  static constexpr bool kRowsA = O::kMajorA == Major::kK, kRowsB = O::kMajorB == Major::kMn;
  static GemmPlan plan(const GemmProblem& problem) { return sm80::plans<O>(problem).front(); }
};

struct CudaCores {
  static constexpr Stored kElement = Stored::kF32;
  static constexpr Stored kResult = Stored::kF32;
  static constexpr bool kRowsA = true, kRowsB = true;
  static GemmPlan plan(const GemmProblem& problem) {
    return sm80::kernel_plan(sm80::gemm_f32, sm80::kF32Threads, sizeof(sm80::F32Shared), problem);
  }
};

template <class K>
void run_portable_trial(Emulator& emulator, const GemmTrial& trial) {
  constexpr Stored kElement = K::kElement, kResult = K::kResult;
  const auto bytes = [](int rows, int columns, Stored type) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * stored_bytes(type);
  };
  const auto batches = static_cast<std::size_t>(trial.batches);
  const std::size_t a_bytes = bytes(trial.m, trial.k, kElement),
                    b_bytes = bytes(trial.k, trial.n, kElement),
                    c_bytes = bytes(trial.m, trial.n, kResult);
  const auto a = emulator.input<unsigned char>("a", batches * a_bytes);
  const auto b = emulator.input<unsigned char>("b", batches * b_bytes);
  const auto c = trial.beta == 0 ? emulator.output<unsigned char>("c", batches * c_bytes)
                                 : emulator.input<unsigned char>("c", batches * c_bytes);
  fill_stored(a, kElement, 1);
  fill_stored(b, kElement, 2);
  if (trial.beta != 0) fill_stored(c, kResult, 3);
  const std::vector<unsigned char> before(c.begin(), c.end());
  const GemmShape shape{trial.m, trial.n, trial.k, trial.batches};
  launch_planned(emulator, K::plan({shape, trial.blocks, trial.alpha, trial.beta}),
                 {a.data(), b.data(), c.data()});
  for (std::size_t i = 0; i < batches; ++i) {
    const auto part = [i](std::span<const unsigned char> all, std::size_t size) {
      return all.subspan(i * size, size);
    };
    const std::string difference =
        gemm_difference({trial.m, trial.n, trial.k, K::kRowsA, K::kRowsB, trial.alpha, trial.beta},
                        part(a, a_bytes), kElement, part(b, b_bytes), kElement,
                        part(before, c_bytes), part(c, c_bytes), kResult);
    expect(difference.empty(), difference);
  }
}

template <class K>
Configuration portable(const char* name, const GemmTrial& aligned, const GemmTrial& ragged) {
  return {name, [aligned](Emulator& emulator) { run_portable_trial<K>(emulator, aligned); },
          [ragged](Emulator& emulator) { run_portable_trial<K>(emulator, ragged); }};
}

template <Major kMajorA, Major kMajorB>
using Bf16By = TensorCores<sm80::Operands<device::Bf16, device::Bf16, kMajorB, kMajorA>>;
using PortableBf16 = Bf16By<Major::kK, Major::kMn>;
using PortableF16 = TensorCores<sm80::Operands<device::F16, device::F16, Major::kMn>>;
using PortableTf32 = TensorCores<sm80::Operands<device::Tf32, float, Major::kK>>;
using PortableInt8 = TensorCores<sm80::Operands<std::int8_t, std::int32_t, Major::kK>>;

void gemm_portable_trial(Emulator& emulator) {
  run_portable_trial<PortableBf16>(emulator, {70, 72, 264});
}
const KernelEnrolment kPortable{{"gemm_portable", gemm_portable_trial, {}}};

void gemm_portable_f32_trial(Emulator& emulator) {
  run_portable_trial<CudaCores>(emulator, {70, 72, 132});
}
const KernelEnrolment kPortableF32{{"gemm_portable_f32", gemm_portable_f32_trial, {}}};

}  // namespace

std::vector<Configuration> portable_configurations() {
  return {
      portable<PortableBf16>("portable bf16", {128, 128, 64}, {130, 136, 40, 1, 1, 2, 0.5f, 2.0f}),
      portable<Bf16By<Major::kMn, Major::kMn>>("portable bf16, A by columns", {128, 128, 64},
                                               {136, 136, 41}),
      portable<Bf16By<Major::kK, Major::kK>>("portable bf16, B by columns", {128, 128, 64},
                                             {67, 134, 40}),
      portable<Bf16By<Major::kMn, Major::kK>>("portable bf16, A and B by columns", {128, 128, 64},
                                              {72, 134, 40}),
      portable<PortableF16>("portable f16", {128, 128, 64}, {67, 136, 40, 1, 1, 1, 0.5f, 2.0f}),
      portable<PortableTf32>("portable tf32", {128, 128, 32}, {67, 74, 20, 1, 1, 1, 0.5f, 2.0f}),
      portable<PortableInt8>("portable int8", {128, 128, 128}, {67, 74, 80}),
      portable<CudaCores>("portable f32", {128, 128, 16}, {67, 76, 20, 1, 1, 2, 0.5f, 2.0f})};
}

}  // namespace assay::emulator
