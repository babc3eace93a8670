// The decode step of latent attention is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include "tests/emulator/attention/check_trials.h"
#include "tests/emulator/attention/latent_trials.h"

namespace assay::emulator {

TEST_SUITE("property") {
  TEST_CASE("the bf16 decode step of latent attention is right in every mode") {
    check_trials(bf16_latent_trials());
  }

  TEST_CASE("the f16 decode step of latent attention is right in every mode") {
    check_trials(f16_latent_trials());
  }

  TEST_CASE(
      "the decode step of latent attention by blocks that share keys is right in every mode") {
    check_trials(paired_latent_trials());
  }

  TEST_CASE("every call of a latent decode step is one that the deletion test deletes") {
    check_deleted(bf16_latent_trials(), {attention_decode_latent_trial});
    check_deleted(f16_latent_trials(), {attention_decode_latent_trial});
    check_deleted(paired_latent_trials(), {attention_decode_latent_pair_trial});
  }

  TEST_CASE("a latent decode step that reads other keys or columns is found") {
    CHECK(search(latent_with_fault(LatentFault::none), {1}).failures == 0);
    for (const LatentFault fault :
         {LatentFault::page_read_twice, LatentFault::key_too_few, LatentFault::key_too_many,
          LatentFault::rows_not_cleared, LatentFault::columns_swapped}) {
      CAPTURE(static_cast<int>(fault));
      CHECK(search(latent_with_fault(fault), {1}).failures == 1);
    }
  }

  TEST_CASE("scores and outputs of a latent decode step that are read too early are found") {
    for (const std::size_t which : {0U, 1U, 2U}) check_early(attention_decode_latent_trial, which);
  }
}

}  // namespace assay::emulator
