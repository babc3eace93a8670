// The Hopper GEMM kernel as it loses every call in turn: with clusters, swapped with split K, and
// with two warpgroups that take tiles in turn.
// Rings are short here, so that a small shape goes round them twice.
#include "tests/emulator/gemm/gemm_trial.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

using device::Bf16;
using device::Major;

struct ClusterTile {
  static constexpr sm90::TileConfig kTile{128, 128, 2, 2, 2};
};
struct SwappedTile {
  static constexpr sm90::TileConfig kTile{128, 16, 2, 2, 1, true};
};
struct PingPongTile {
  static constexpr sm90::TileConfig kTile{64, 64, 2, 2, 1, false, true};
};
using Plain = sm90::Operands<Bf16, Bf16, Bf16, Major::kK, Major::kMn>;
using ClusterKernel = sm90::Kernel<Plain, ClusterTile>;
using PingPongKernel = sm90::Kernel<Plain, PingPongTile>;
using SwappedKernel =
    sm90::Kernel<sm90::Operands<Bf16, Bf16, Bf16, Major::kMn, Major::kK>, SwappedTile>;

void gemm_cluster_trial(Emulator& emulator) {
  run_gemm_trial<ClusterKernel>(emulator, {136, 136, 72, 1, 2});
}

void gemm_ping_pong_trial(Emulator& emulator) {
  run_gemm_trial<PingPongKernel>(emulator, {64, 264, 328, 1, 1});
}

void gemm_split_trial(Emulator& emulator) {
  run_gemm_trial<SwappedKernel>(emulator, {9, 520, 200, 2, 2});
}

const NotFunctional kPool{"setmaxnreg.inc", "it asks for speed: the emulator allots registers"};
const NotFunctional kConverge{"bar.warp.sync",
                              "the cluster's barrier wants a converged warp; here lanes are free"};

const KernelEnrolment kCluster{{"gemm_cluster", gemm_cluster_trial, {kPool, kConverge}}};
const KernelEnrolment kPingPong{{"gemm_ping_pong", gemm_ping_pong_trial, {kPool}}};
const KernelEnrolment kSplit{{"gemm_split", gemm_split_trial, {kPool}}};

}  // namespace

}  // namespace assay::emulator
