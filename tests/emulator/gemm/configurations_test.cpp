// Every dtype and tile configuration is exact in every mode, on an aligned and on a ragged shape.
#include "tests/emulator/gemm/configurations.h"

#include <doctest/doctest.h>

namespace assay::emulator {

namespace {

void check_configurations(const std::vector<Configuration>& configurations,
                          std::uint64_t seeds_a_mode = 2) {
  for (const Configuration& configuration : configurations) {
    for (const bool ragged : {false, true}) {
      for (const Mode mode : kAllModes) {
        for (const std::uint64_t seed : seeds(seeds_a_mode)) {
          Settings settings;
          settings.mode = mode;
          settings.seed = seed;
          const auto report =
              run_trial(ragged ? configuration.ragged : configuration.aligned, settings);
          const std::string shape = ragged ? ", ragged: " : ", aligned: ";
          REQUIRE_MESSAGE(!report, configuration.name << shape << report->text());
        }
      }
    }
  }
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("the bf16 GEMM kernels for Hopper are right in every mode") {
    check_configurations(bf16_configurations());
  }

  TEST_CASE("the f16 GEMM kernels for Hopper are right in every mode") {
    check_configurations(f16_configurations());
  }

  TEST_CASE("the fp8 GEMM kernels for Hopper are right in every mode") {
    check_configurations(fp8_configurations());
  }

  TEST_CASE("the e5m2 GEMM kernels for Hopper are right in every mode") {
    check_configurations(e5m2_configurations());
  }

  TEST_CASE("the GEMM kernels for Hopper of operands by columns are right in every mode") {
    check_configurations(by_columns_configurations());
  }

  TEST_CASE("the GEMM kernels for Hopper that share their last tiles are right in every mode") {
    check_configurations(sharing_configurations());
  }

  TEST_CASE("every other tile for Hopper whose last are shared is right in every mode") {
    check_configurations(other_sharing_configurations(), 1);
  }

  TEST_CASE("the tf32 GEMM kernels for Hopper are right in every mode") {
    check_configurations(tf32_configurations());
  }

  TEST_CASE("the int8 GEMM kernels for Hopper are right in every mode") {
    check_configurations(int8_configurations());
  }

  TEST_CASE("the portable GEMM kernels are right in every mode") {
    check_configurations(portable_configurations());
  }

  TEST_CASE("the grouped GEMM kernels for Hopper are right in every mode") {
    check_configurations(grouped_configurations());
  }

  TEST_CASE("the block scaled fp8 GEMM kernels are right in every mode") {
    check_configurations(block_scaled_configurations());
  }
}

}  // namespace assay::emulator
