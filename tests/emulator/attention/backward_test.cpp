// The Hopper backward pass is right in every mode, and what may be wrong in it is found.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/emulator/attention/backward_trials.h"
#include "tests/emulator/attention/check_trials.h"

namespace assay::emulator {

namespace {

/// The calls of an instruction, in the order of their lines.
std::vector<Site> calls_of(const std::string& instruction) {
  std::vector<Site> sites = sites_of(attention_backward_trial);
  std::erase_if(sites, [&](const Site& site) { return site.instruction != instruction; });
  std::sort(sites.begin(), sites.end(),
            [](const Site& x, const Site& y) { return x.at.line() < y.at.line(); });
  return sites;
}

/// One group more may be under way than wait number `which` says.
void check_early(std::size_t which) {
  const auto waits = calls_of("wgmma.wait_group");
  REQUIRE(which < waits.size());
  const auto later = [](std::uint64_t pending) { return pending + 1; };
  CHECK(search(attention_backward_trial, {1, 2, 3, 4, 5},
               Mutation{Mutation::Kind::kChange, waits[which], later})
            .failures > 0);
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("the bf16 attention backward pass for Hopper is right in every mode") {
    check_trials(bf16_backward_trials());
  }

  TEST_CASE("the f16 attention backward pass for Hopper is right in every mode") {
    check_trials(f16_backward_trials());
  }

  TEST_CASE("the ordered attention backward pass for Hopper gives the same bits in every mode") {
    check_trials(ordered_backward_trials());
  }

  TEST_CASE("every call of an attention backward pass is one that the deletion test deletes") {
    check_deleted(bf16_backward_trials(), {attention_backward_trial});
    check_deleted(ordered_backward_trials(), {ordered_backward_trial});
  }

  TEST_CASE("additions to dQ without an order give other bits") {
    const std::vector<std::uint64_t> seeds = {1, 2, 3, 4, 5, 6};
    CHECK(search(unordered_backward_trial, seeds).failures > 0);
  }

  TEST_CASE("a lost addition to dQ is found") {
    const auto additions = calls_of("cp.reduce.async.bulk.tensor.global.shared");
    REQUIRE(additions.size() == 1);
    const Mutation lost{Mutation::Kind::kRemove, additions[0], nullptr};
    CHECK(search(attention_backward_trial, {1}, lost).failures == 1);
  }

  TEST_CASE("scores and their gradients that are read before their products end are found") {
    check_early(0);
    check_early(1);
  }

  TEST_CASE("gradients of queries that are added before their products end are found") {
    check_early(2);
  }

  TEST_CASE("a mask of the gradients that is off by one is found") {
    CHECK(search(planted_backward({}), {1}).failures == 0);
    CHECK(search(planted_backward({.window = 69}), {1}).failures == 1);
    CHECK(search(planted_backward({.window = 71}), {1}).failures == 1);
  }

  TEST_CASE("a row whose probabilities do not add up to one is found") {
    CHECK(search(planted_backward({.log_sum_exp_shift = 0.05F}), {1}).failures == 1);
  }
}

}  // namespace assay::emulator
