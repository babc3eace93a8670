// The world that a run's flags and its launcher name: rank, size, rendezvous, token, deadline.
#pragma once

#include <optional>
#include <string>

#include "collectives/rendezvous/rank_facts.h"
#include "harness/cli/arguments.h"

namespace assay::cli {

struct RankWorld {
  rendezvous::RankFacts facts;
  std::string token;
  double deadline_s = 60;
};

/// Nothing for a process alone: no rendezvous was named and the world, if any, is of one.
std::optional<RankWorld> rank_world(const Arguments& arguments);

}  // namespace assay::cli
