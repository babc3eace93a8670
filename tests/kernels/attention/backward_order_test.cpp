// Which blocks of keys and steps the Hopper backward kernel takes, and in which order they add to
// dQ.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "kernels/attention/sm90/backward_problem.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention::sm90 {
namespace {

using test::Draws;

BackwardArguments drawn_arguments(Draws& draw) {
  BackwardArguments arguments;
  arguments.scores = draw.scores(400, 700);
  const int batches = draw.between(1, 3);
  arguments.key_heads = draw.between(1, 3);
  arguments.group = draw.between(1, 4);
  const int heads = batches * arguments.key_heads;
  arguments.order = TileOrder((arguments.scores.keys + kBackwardKeys - 1) / kBackwardKeys, heads,
                              draw.between(1, heads));
  return arguments;
}

std::vector<KeyWork> all_work(const BackwardArguments& arguments, bool is_ordered) {
  std::vector<KeyWork> all;
  for (std::int64_t i = 0; i < arguments.order.count(); ++i) {
    all.push_back(key_work_at(arguments, i, is_ordered));
  }
  return all;
}

/// Whether the block of keys has all of its keys, and the mask allows every pair of the step.
bool needs_no_mask(const Scores& scores, const KeyWork& work, int step) {
  for (int key = work.first_key; key < work.first_key + kBackwardKeys; ++key) {
    for (int query = step * kBackwardQueries; query < (step + 1) * kBackwardQueries; ++query) {
      if (key >= scores.keys || query >= scores.queries) return false;
      if (!test::is_allowed(scores, query, key)) return false;
    }
  }
  return true;
}

/// Whether the mask allows any pair of a block of keys and a step.
bool meets(const Scores& scores, int block, int step) {
  const Range keys = tile_range(block, kBackwardKeys, scores.keys);
  const Range queries = tile_range(step, kBackwardQueries, scores.queries);
  for (int key = keys.first; key < keys.last; ++key) {
    for (int query = queries.first; query < queries.last; ++query) {
      if (test::is_allowed(scores, query, key)) return true;
    }
  }
  return false;
}

TEST_SUITE("property") {
  TEST_CASE("the backward kernel takes every block of keys once with the steps that meet it") {
    for (int round = 0; round < test::soak_count(60); ++round) {
      Draws draw(round, 271);
      const BackwardArguments arguments = drawn_arguments(draw);
      const Scores& scores = arguments.scores;
      const auto all = all_work(arguments, round % 2 == 0);
      std::map<std::pair<int, int>, std::vector<bool>> taken;  // by batch and head: of each block
      const auto blocks =
          static_cast<std::size_t>((scores.keys + kBackwardKeys - 1) / kBackwardKeys);
      const int steps = padded_queries(scores.queries) / kBackwardQueries;
      for (const KeyWork& work : all) {
        auto& of_head = taken[{work.batch, work.key_head}];
        of_head.resize(blocks);
        REQUIRE_FALSE(of_head[static_cast<std::size_t>(work.block)]);
        of_head[static_cast<std::size_t>(work.block)] = true;
        REQUIRE(work.first_key == work.block * kBackwardKeys);
        if (work.batch != 0 || work.key_head != 0) continue;
        for (int step = 0; step < steps; ++step) {
          const bool takes = work.steps.first <= step && step < work.steps.last;
          REQUIRE(takes == meets(scores, work.block, step));
          if (takes && work.steps.is_plain(step)) REQUIRE(needs_no_mask(scores, work, step));
        }
      }
      REQUIRE(taken.size() * blocks == all.size());
    }
  }

  TEST_CASE("additions to dQ take turns that nobody waits for in vain") {
    for (int round = 0; round < test::soak_count(1000); ++round) {
      Draws draw(round, 272);
      const BackwardArguments arguments = drawn_arguments(draw);
      // Blocks of keys in the order in which a launch takes them, by head and step: each finds as
      // many before it as its turn says, so the first that is not complete never waits.
      std::map<std::pair<int, int>, std::vector<int>> before;
      for (const KeyWork& work : all_work(arguments, true)) {
        auto& counts = before[{work.batch, work.key_head}];
        counts.resize(
            static_cast<std::size_t>(padded_queries(arguments.scores.queries) / kBackwardQueries));
        for (int step = work.steps.first; step < work.steps.last; ++step) {
          REQUIRE(addition_turn(arguments.scores, work.block, step) ==
                  counts[static_cast<std::size_t>(step)]++);
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention::sm90
