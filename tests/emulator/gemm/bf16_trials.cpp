// The bf16 kernels' trials.
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/gemm/listed_trials.h"

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

GemmTrial sharing(GemmTrial trial) {
  trial.shares = true;
  return trial;
}

}  // namespace

std::vector<Configuration> bf16_configurations() {
  return {
      bf16<Plain, 0>("128x256 in clusters", {256, 512, 192}, {136, 264, 72, 2, 2}),
      bf16<Plain, 1>("256x128 in clusters", {512, 256, 192}, {264, 136, 72, 2, 2}),
      bf16<Plain, 2>("128x128", {128, 256, 384}, {120, 136, 200, 3, 3, 1, 0.5f, 2.0f}),
      bf16<Swapped, 3>("128x64 swapped", {64, 256, 512}, {40, 264, 200, 3, 2, 1, 0.5f, 2.0f}),
      bf16<Swapped, 4>("128x32 swapped", {32, 256, 640}, {17, 200, 328, 2, 3}),
      bf16<Swapped, 5>("128x16 swapped", {16, 256, 704}, {9, 200, 328, 2, 3, 2}),
      bf16<Swapped, 6>("128x8 swapped", {8, 256, 768}, {1, 136, 72, 2, 1}),
      bf16<Plain, 7>("128x128 in clusters", {256, 256, 384}, {248, 136, 200, 2, 2}),
      bf16<Plain, 8>("128x192", {128, 384, 256}, {120, 200, 136, 2, 2, 1, 0.5f, 2.0f}),
      bf16<Plain, 9>("128x128 ping-pong", {256, 640, 512}, {248, 264, 200, 3, 2, 1, 0.5f, 2.0f}),
  };
}

std::vector<Configuration> sharing_configurations() {
  // Waves of whole tiles before; tiles that two, three and five clusters share.
  return {
      bf16<Plain, 0>("128x256 in clusters, shared", sharing({256, 768, 256, 1, 4}),
                     sharing({136, 264, 200, 1, 6})),
      bf16<Swapped, 5>("128x16 swapped, shared", sharing({16, 640, 512, 1, 2}),
                       sharing({9, 200, 328, 1, 3, 2})),
      bf16<Swapped, 4>("128x32 swapped, shared", sharing({32, 128, 576, 1, 5}),
                       sharing({17, 136, 328, 1, 5, 1, 0.5f, 2.0f})),
  };
}

std::vector<Configuration> other_sharing_configurations() {
  return {
      bf16<Plain, 1>("256x128 in clusters, shared", sharing({512, 384, 256, 1, 4}),
                     sharing({264, 136, 200, 1, 6})),
      bf16<Plain, 2>("128x128, shared", sharing({128, 384, 256, 1, 2}),
                     sharing({120, 136, 200, 1, 3})),
      bf16<Swapped, 3>("128x64 swapped, shared", sharing({64, 384, 256, 1, 2}),
                       sharing({40, 136, 200, 1, 3, 1, 0.5f, 2.0f})),
      bf16<Swapped, 6>("128x8 swapped, shared", sharing({8, 384, 256, 1, 2}),
                       sharing({1, 136, 200, 1, 3})),
      bf16<Plain, 7>("128x128 in clusters, shared", sharing({256, 384, 256, 1, 4}),
                     sharing({248, 136, 200, 1, 6})),
      bf16<Plain, 8>("128x192, shared", sharing({128, 576, 256, 1, 2}),
                     sharing({120, 200, 136, 1, 3})),
  };
}

std::vector<Configuration> by_columns_configurations() {
  std::vector<Configuration> all;
  add_every_listed<Bf16Operands<Major::kMn, Major::kMn>>("bf16, A by columns,", all);
  add_every_listed<Bf16Operands<Major::kK, Major::kK>>("bf16, B by columns,", all);
  add_every_listed<Bf16Operands<Major::kMn, Major::kK>>("bf16, A and B by columns,", all);
  return all;
}

}  // namespace assay::emulator
