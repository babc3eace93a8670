// The trials of the dtypes beside bf16, which share its mainloop.
#include "tests/emulator/gemm/listed_trials.h"

namespace assay::emulator {

namespace {

using device::Bf16;
using device::E4m3;
using device::E5m2;
using device::F16;
using device::Major;
using device::Tf32;

/// B by columns, as all but 16-bit elements are.
template <class A, class B, class C>
using ByColumns = sm90::Operands<A, B, C, Major::kK, Major::kK>;

template <class Plain>
std::vector<Configuration> every_listed(const char* name) {
  std::vector<Configuration> all;
  add_every_listed<Plain>(name, all);
  return all;
}

}  // namespace

std::vector<Configuration> f16_configurations() {
  return every_listed<sm90::Operands<F16, F16, F16, Major::kK, Major::kMn>>("f16");
}

std::vector<Configuration> fp8_configurations() {
  auto all = every_listed<ByColumns<E4m3, E4m3, Bf16>>("fp8_e4m3");
  add_listed<ByColumns<E4m3, E5m2, Bf16>, 5>("e4m3 by e5m2", all);
  return all;
}

std::vector<Configuration> e5m2_configurations() {
  return every_listed<ByColumns<E5m2, E5m2, Bf16>>("fp8_e5m2");
}

std::vector<Configuration> tf32_configurations() {
  return every_listed<ByColumns<Tf32, Tf32, float>>("tf32");
}

std::vector<Configuration> int8_configurations() {
  return every_listed<ByColumns<std::int8_t, std::int8_t, std::int32_t>>("int8");
}

}  // namespace assay::emulator
