// The portable decode step is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/emulator/attention/check_trials.h"
#include "tests/emulator/attention/decode_trials.h"

namespace assay::emulator {

TEST_SUITE("property") {
  TEST_CASE("the bf16 attention decode step is right in every mode") {
    check_trials(bf16_decode_trials());
  }

  TEST_CASE("the f16 attention decode step is right in every mode") {
    check_trials(f16_decode_trials());
  }

  TEST_CASE("every call of an attention decode step is one that the deletion test deletes") {
    check_deleted(bf16_decode_trials(), {attention_decode_trial, attention_decode_teams_trial});
  }

  TEST_CASE("a page that a decode step reads twice is found") {
    CHECK(search(planted_decode({}), {1}).failures == 0);
    CHECK(search(planted_decode({.reads_a_page_twice = true}), {1}).failures == 1);
  }

  TEST_CASE("a mask of a decode step that is off by one is found") {
    CHECK(search(planted_decode({.keys = 199}), {1}).failures == 1);
    CHECK(search(planted_decode({.keys = 201}), {1}).failures == 1);
  }

  TEST_CASE("keys that a decode step reads before their copies end are found") {
    const std::string wait = "cp.async.wait_group";
    std::vector<Site> sites = sites_of(attention_decode_trial);
    std::erase_if(sites, [&](const Site& site) { return site.instruction != wait; });
    REQUIRE(sites.size() == 1);
    const auto later = [](std::uint64_t pending) { return pending + 1; };
    CHECK(search(attention_decode_trial, {1, 2, 3, 4, 5},
                 Mutation{Mutation::Kind::kChange, sites[0], later})
              .failures > 0);
  }
}

}  // namespace assay::emulator
