// The bf16 kernels' trials.
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/gemm_trial.h"

namespace assay::emulator {

namespace {

using device::Bf16;
using device::Major;
using sm90::ListedTile;

template <Major kLeft, Major kRight>
using Bf16Operands = sm90::Operands<Bf16, Bf16, Bf16, kLeft, kRight>;
/// Both operands row-major: B is MN-major, on whichever side it stands.
using Plain = Bf16Operands<Major::kK, Major::kMn>;
using Swapped = Bf16Operands<Major::kMn, Major::kK>;

template <class Operands, int kIndex>
Configuration bf16(const char* name, const GemmTrial& aligned, const GemmTrial& ragged) {
  using K = sm90::Kernel<Operands, ListedTile<kIndex>>;
  return {std::string("bf16 ") + name,
          [aligned](Emulator& emulator) { run_gemm_trial<K>(emulator, aligned); },
          [ragged](Emulator& emulator) { run_gemm_trial<K>(emulator, ragged); }};
}

}  // namespace

std::vector<Configuration> bf16_configurations() {
  using ByColumns = Bf16Operands<Major::kMn, Major::kK>;
  return {
      bf16<Plain, 0>("128x256 in clusters", {256, 512, 192}, {136, 264, 72, 2, 2}),
      bf16<Plain, 1>("256x128 in clusters", {512, 256, 192}, {264, 136, 72, 2, 2}),
      bf16<Plain, 2>("128x128", {128, 256, 384}, {120, 136, 200, 3, 3, 1, 0.5f, 2.0f}),
      bf16<Swapped, 3>("128x64 swapped", {64, 256, 512}, {40, 264, 200, 3, 2, 1, 0.5f, 2.0f}),
      bf16<Swapped, 4>("128x32 swapped", {32, 256, 640}, {17, 200, 328, 2, 3}),
      bf16<Swapped, 5>("128x16 swapped", {16, 256, 704}, {9, 200, 328, 2, 3, 2}),
      bf16<Swapped, 6>("128x8 swapped", {8, 256, 768}, {1, 136, 72, 2, 1}),
      bf16<ByColumns, 2>("128x128 of A and B by columns", {128, 128, 128}, {120, 136, 72}),
      bf16<Bf16Operands<Major::kMn, Major::kMn>, 2>("128x128 of A by columns", {128, 128, 128},
                                                    {120, 136, 72}),
      bf16<Bf16Operands<Major::kK, Major::kK>, 2>("128x128 of B by columns", {128, 128, 128},
                                                  {120, 136, 72}),
  };
}

}  // namespace assay::emulator
