// wgmma of bf16: every N, both majors of both operands, every swizzle, A shared and in registers.
#include <doctest/doctest.h>

#include "tests/emulator/instructions/wgmma_kernel.h"

namespace assay::device {
namespace {

using emulator::check_clean;

constexpr Swizzle kAll[] = {Swizzle::kNone, Swizzle::k32, Swizzle::k64, Swizzle::k128};
constexpr Major kK = Major::kK;
constexpr Major kMn = Major::kMn;

template <Major kMajorA, Major kMajorB, int kN>
void try_swizzles() {
  for (const Swizzle swizzle : kAll) {
    check_clean(products<Bf16, Bf16, kMajorA, kMajorB, false, kN>(swizzle, swizzle), 1);
  }
}

template <Major kMajorA, Major kMajorB>
void try_every_n() {
  try_swizzles<kMajorA, kMajorB, 8>();
  try_swizzles<kMajorA, kMajorB, 16>();
  try_swizzles<kMajorA, kMajorB, 24>();
  try_swizzles<kMajorA, kMajorB, 32>();
  try_swizzles<kMajorA, kMajorB, 64>();
  try_swizzles<kMajorA, kMajorB, 96>();
  try_swizzles<kMajorA, kMajorB, 128>();
  try_swizzles<kMajorA, kMajorB, 192>();
  try_swizzles<kMajorA, kMajorB, 256>();
}

template <Major kMajorB, int kN>
void try_registers() {
  for (const Swizzle swizzle : kAll) {
    check_clean(products<Bf16, Bf16, kK, kMajorB, true, kN>(Swizzle::kNone, swizzle), 1);
  }
}

template <int kN>
void try_registers_both_majors() {
  try_registers<kK, kN>();
  try_registers<kMn, kN>();
}

TEST_SUITE("unit") {
  TEST_CASE("wgmma multiplies K-major operands of every N in every swizzle") {
    try_every_n<kK, kK>();
  }
  TEST_CASE("wgmma multiplies an MN-major A by a K-major B of every N in every swizzle") {
    try_every_n<kMn, kK>();
  }
  TEST_CASE("wgmma multiplies a K-major A by an MN-major B of every N in every swizzle") {
    try_every_n<kK, kMn>();
  }
  TEST_CASE("wgmma multiplies MN-major operands of every N in every swizzle") {
    try_every_n<kMn, kMn>();
  }

  TEST_CASE("wgmma takes A from registers for every N and either major of B") {
    try_registers_both_majors<8>();
    try_registers_both_majors<16>();
    try_registers_both_majors<24>();
    try_registers_both_majors<32>();
    try_registers_both_majors<64>();
    try_registers_both_majors<96>();
    try_registers_both_majors<128>();
    try_registers_both_majors<176>();
    try_registers_both_majors<192>();
    try_registers_both_majors<256>();
  }

  TEST_CASE("wgmma takes operands of different swizzles") {
    check_clean(products<Bf16, Bf16, kK, kK, false, 64>(Swizzle::k128, Swizzle::k32), 1);
    check_clean(products<Bf16, Bf16, kK, kMn, false, 64>(Swizzle::k64, Swizzle::k128), 1);
    check_clean(products<Bf16, Bf16, kMn, kK, false, 64>(Swizzle::k32, Swizzle::kNone), 1);
  }
}

}  // namespace
}  // namespace assay::device
