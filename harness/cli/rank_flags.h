// What a run's flags and its launcher say of its ranks and their machines.
#pragma once

#include <optional>

#include "harness/cli/arguments.h"
#include "harness/core/profile.h"
#include "harness/run/peers.h"
#include "harness/run/world.h"

namespace assay::cli {

/// Rank, size, rendezvous and token. Nothing for a process alone: no rendezvous was named and the
/// world, if any, is of one; or only a launcher says that there are ranks and the profile measures
/// nothing between them (an indexed Job of runs of their own).
std::optional<run::Meeting> meeting_of(const Arguments& arguments, const Profile& profile);

/// The number of --local-ranks, 0 without it. Throws Error for fewer than 2 and beside the flags of
/// a rendezvous.
int local_ranks_of(const Arguments& arguments);

/// --token-file, else ASSAY_TOKEN_FILE; empty without either.
std::string token_file_of(const Arguments& arguments);

/// From 2 s to a day.
double deadline_of(const Arguments& arguments);

/// The topology file, or the labels that may name a rack.
run::RackSource rack_source_of(const Arguments& arguments);

/// The names in --nics, in their order; none without it. Throws Error for one named twice.
std::vector<std::string> nics_of(const Arguments& arguments);

}  // namespace assay::cli
