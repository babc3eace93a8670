// The portable forward pass is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include <string>

#include "tests/emulator/attention/check_trials.h"
#include "tests/emulator/attention/portable_trials.h"

namespace assay::emulator {

namespace {

bool is_found(const Trial& trial) { return search(trial, {1}).failures == 1; }

/// Blocks of keys and values are read when one group of copies more may be under way.
bool early_read_is_found(const Trial& trial) {
  const std::string wait = "cp.async.wait_group";
  std::vector<Site> sites = sites_of(trial);
  std::erase_if(sites, [&](const Site& site) { return site.instruction != wait; });
  REQUIRE(sites.size() == 1);
  const auto later = [](std::uint64_t pending) { return pending + 1; };
  return search(trial, {1, 2, 3, 4, 5}, Mutation{Mutation::Kind::kChange, sites[0], later})
             .failures > 0;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("the portable bf16 attention forward pass is right in every mode") {
    check_trials(bf16_portable_forward_trials());
  }

  TEST_CASE("the portable f16 attention forward pass is right in every mode") {
    check_trials(f16_portable_forward_trials());
  }

  TEST_CASE("every call of a portable forward pass is one that the deletion test deletes") {
    check_deleted(bf16_portable_forward_trials(), {portable_forward_trial});
  }

  TEST_CASE("portable outputs that are not rescaled are found") {
    CHECK(is_found(unscaled_portable_forward_trial));
  }

  TEST_CASE("the factor of a row whose largest score stays is exactly 1") {
    CHECK_FALSE(is_found(checked_portable_forward_trial));
  }

  TEST_CASE("keys and values that change their slots are found") {
    CHECK(is_found(swapped_portable_forward_trial));
  }

  TEST_CASE("blocks that a portable forward pass reads before their copies end are found") {
    CHECK(early_read_is_found(portable_forward_trial));
    CHECK(early_read_is_found(held_portable_forward_trial));
  }

  TEST_CASE("a mask of the portable forward pass that is off by one is found") {
    CHECK_FALSE(is_found(portable_forward_with_window(70)));
    CHECK(is_found(portable_forward_with_window(69)));
    CHECK(is_found(portable_forward_with_window(71)));
  }

  TEST_CASE("a portable packed sequence whose keys begin one early or late is found") {
    CHECK_FALSE(is_found(portable_forward_with_begin(0)));
    CHECK(is_found(portable_forward_with_begin(-1)));
    CHECK(is_found(portable_forward_with_begin(1)));
  }
}

}  // namespace assay::emulator
