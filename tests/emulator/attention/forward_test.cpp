// The Hopper forward pass is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include "tests/emulator/attention/check_trials.h"

namespace assay::emulator {

TEST_SUITE("property") {
  TEST_CASE("the bf16 attention forward pass for Hopper is right in every mode") {
    check_trials(bf16_forward_trials());
  }

  TEST_CASE("the f16 attention forward pass for Hopper is right in every mode") {
    check_trials(f16_forward_trials());
  }

  TEST_CASE("the attention forward pass of packed sequences is right in every mode") {
    check_trials(varlen_forward_trials());
  }

  TEST_CASE("a packed sequence whose keys begin one early or late is found") {
    CHECK(search(varlen_forward_with_begin(0), {1}).failures == 0);
    CHECK(search(varlen_forward_with_begin(-1), {1}).failures == 1);
    CHECK(search(varlen_forward_with_begin(1), {1}).failures == 1);
  }

  TEST_CASE("every call of an attention forward pass is one that the deletion test deletes") {
    check_deleted(bf16_forward_trials(), {attention_forward_trial});
    check_deleted(varlen_forward_trials(), {attention_forward_trial});
  }

  TEST_CASE("warpgroups that multiply in the wrong order are found") {
    CHECK(search(swapped_forward_trial, {1, 2, 3, 4, 5}).failures > 0);
  }

  TEST_CASE("scores that are read before their products end are found") {
    check_early(attention_forward_trial, 1);
  }

  TEST_CASE("outputs that are rescaled before their products end are found") {
    check_early(attention_forward_trial, 2);
  }

  TEST_CASE("a mask that is off by one is found") {
    CHECK(search(forward_with_window(70), {1}).failures == 0);
    CHECK(search(forward_with_window(69), {1}).failures == 1);
    CHECK(search(forward_with_window(71), {1}).failures == 1);
  }
}

}  // namespace assay::emulator
