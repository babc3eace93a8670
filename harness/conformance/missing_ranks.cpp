// Ranks are counted run by run: several runs may be judged together.
#include "harness/conformance/missing_ranks.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace assay {

namespace {

struct Run {
  int world_size = 0;
  std::set<int> ranks;
};

/// The first ranks below the world size that are not there, and how many there are in all.
std::string line_of(const std::string& id, const Run& run) {
  constexpr std::size_t kNamed = 4;
  std::vector<int> first;
  for (int rank = 0; rank < run.world_size && first.size() < kNamed; ++rank)
    if (!run.ranks.contains(rank)) first.push_back(rank);
  const std::size_t all = static_cast<std::size_t>(run.world_size) - run.ranks.size();
  const std::string ranks =
      fmt::format("{}{}", fmt::join(first, ", "),
                  all > first.size() ? fmt::format(" and {} more", all - first.size()) : "");
  return fmt::format("run {} had {} processes, and the {} not here", id, run.world_size,
                     all == 1 ? fmt::format("document of rank {} is", ranks)
                              : fmt::format("documents of ranks {} are", ranks));
}

}  // namespace

std::vector<std::string> missing_ranks(const std::vector<Result>& results) {
  std::map<std::string, Run> runs;
  for (const Result& result : results) {
    if (!result.run.rank || result.imported) continue;
    Run& run = runs[result.run.id];
    run.world_size = result.run.world_size;
    run.ranks.insert(*result.run.rank);
  }
  std::vector<std::string> lines;
  for (const auto& [id, run] : runs)
    if (run.ranks.size() < static_cast<std::size_t>(run.world_size))
      lines.push_back(line_of(id, run));
  return lines;
}

}  // namespace assay
