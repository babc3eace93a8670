// The Hopper forward pass on fp8 is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include "tests/emulator/attention/check_trials.h"
#include "tests/emulator/attention/fp8_trials.h"

namespace assay::emulator {

TEST_SUITE("property") {
  TEST_CASE("the fp8 attention forward pass for Hopper is right in every mode") {
    check_trials(fp8_forward_trials());
  }

  TEST_CASE("every call of an fp8 attention forward pass is one that the deletion test deletes") {
    check_deleted(fp8_forward_trials(), {attention_forward_fp8_trial});
  }

  TEST_CASE("an fp8 mask that is off by one is found") {
    CHECK(search(fp8_forward_with_window(70), {1}).failures == 0);
    CHECK(search(fp8_forward_with_window(69), {1}).failures == 1);
    CHECK(search(fp8_forward_with_window(71), {1}).failures == 1);
  }

  TEST_CASE("fp8 scores and outputs that are touched before their products end are found") {
    check_early(attention_forward_fp8_trial, 1);
    check_early(attention_forward_fp8_trial, 2);
  }

  TEST_CASE("scales of other heads are found") {
    CHECK(search(fp8_forward_with_shifted_scales(0), {1}).failures == 0);
    for (const int shift : {1, 2, 4, 6}) {
      CHECK(search(fp8_forward_with_shifted_scales(shift), {1}).failures == 1);
    }
  }

  TEST_CASE("fp8 exponentials whose keys are not those of their values are found") {
    CHECK(search(fp8_forward_with_keys_in_a_row, {1}).failures == 1);
  }

  TEST_CASE("an fp8 mask that takes columns for keys is found") {
    CHECK(search(fp8_forward_with_mask_of_columns, {1}).failures == 1);
  }

  TEST_CASE("exponentials beyond the largest e4m3 are found") {
    CHECK(search(fp8_forward_with_saturated_exponentials, {1}).failures == 1);
  }
}

}  // namespace assay::emulator
