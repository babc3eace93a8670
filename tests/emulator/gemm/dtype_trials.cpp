// The trials of the dtypes beside bf16, which share its mainloop.
#include "tests/emulator/gemm/listed_trials.h"

namespace assay::emulator {

using device::Bf16;
using device::E4m3;
using device::E5m2;
using device::F16;
using device::Major;
using device::Tf32;

std::vector<Configuration> f16_configurations() {
  return listed_configurations<F16, F16, F16, Major::kMn>("f16");
}

std::vector<Configuration> fp8_configurations() {
  auto all = listed_configurations<E4m3, E4m3, Bf16, Major::kK>("fp8_e4m3");
  add_listed<E5m2, E5m2, Bf16, Major::kK, 2>("fp8_e5m2", all);
  add_listed<E5m2, E5m2, Bf16, Major::kK, 5>("fp8_e5m2", all);
  add_listed<E4m3, E5m2, Bf16, Major::kK, 5>("e4m3 by e5m2", all);
  return all;
}

std::vector<Configuration> tf32_configurations() {
  return listed_configurations<Tf32, Tf32, float, Major::kK>("tf32");
}

std::vector<Configuration> int8_configurations() {
  return listed_configurations<std::int8_t, std::int8_t, std::int32_t, Major::kK>("int8");
}

}  // namespace assay::emulator
