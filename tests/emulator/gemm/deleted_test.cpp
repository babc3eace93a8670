// What the GEMM kernels call in any configuration, the deletion tests delete.
#include "tests/emulator/deleted_lines.h"
#include "tests/emulator/gemm/configurations.h"
#include "tests/emulator/kernel_trial.h"

namespace assay::emulator {

namespace {

void check_configurations_deleted(const std::vector<std::vector<Configuration>>& all,
                                  const std::vector<const char*>& kernels) {
  std::vector<Trial> trials;
  for (const char* name : kernels) trials.push_back(enrolled_kernel(name).trial);
  const std::set<std::string> deleted = lines_of(trials);
  for (const auto& configurations : all) {
    for (const Configuration& one : configurations) {
      check_deleted(one.name + ", aligned", one.aligned, deleted);
      check_deleted(one.name + ", ragged", one.ragged, deleted);
    }
  }
}

const std::vector<const char*> kForHopper = {"gemm_cluster", "gemm_split", "gemm_ping_pong",
                                             "gemm_grouped", "gemm_block_scaled"};

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("every call of a bf16 GEMM kernel for Hopper is one that the deletion test deletes") {
    check_configurations_deleted(
        {bf16_configurations(), sharing_configurations(), other_sharing_configurations()},
        kForHopper);
  }

  TEST_CASE("every call of a GEMM kernel by columns is one that the deletion test deletes") {
    check_configurations_deleted({by_columns_configurations()}, kForHopper);
  }

  TEST_CASE("every call of a GEMM kernel in another dtype is one that the deletion test deletes") {
    check_configurations_deleted({f16_configurations(), fp8_configurations(), e5m2_configurations(),
                                  tf32_configurations(), int8_configurations()},
                                 kForHopper);
  }

  TEST_CASE("every call of a grouped GEMM kernel is one that the deletion test deletes") {
    check_configurations_deleted({grouped_configurations()}, kForHopper);
  }

  TEST_CASE("every call of a block scaled GEMM kernel is one that the deletion test deletes") {
    check_configurations_deleted({block_scaled_configurations()}, kForHopper);
  }

  TEST_CASE("every call of a portable GEMM kernel is one that the deletion test deletes") {
    check_configurations_deleted({portable_configurations()},
                                 {"gemm_portable", "gemm_portable_f32"});
  }
}

}  // namespace assay::emulator
