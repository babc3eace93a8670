// Even parts, and the list of collectives.
#include "collectives/collective.h"

#include <algorithm>
#include <numeric>

namespace assay {

std::optional<Dtype> moved_dtype(std::string_view dtype) {
  const auto found = dtype_named(dtype);
  if (!found || *found == Dtype::tf32 || bits_of(*found) % 8 != 0) return std::nullopt;
  return found;
}

CollectiveProblem::CollectiveProblem(std::size_t bytes, Dtype moved, int this_rank, int rank_count)
    : elements(bytes / size_of(moved)), element(moved), rank(this_rank), ranks(rank_count) {
  const auto count = static_cast<std::size_t>(ranks);
  for (std::size_t r = 0; r < count; ++r)
    parts.push_back(elements / count + (r < elements % count ? 1 : 0));
  from_each.assign(count, part());
}

std::size_t CollectiveProblem::before() const {
  return std::accumulate(parts.begin(), parts.begin() + rank, std::size_t{0});
}

namespace {

std::vector<std::unique_ptr<Collective>>& enrolled_collectives() {
  static std::vector<std::unique_ptr<Collective>> all;  // made by the first that enrols
  return all;
}

}  // namespace

const std::vector<std::unique_ptr<Collective>>& collectives() {
  auto& all = enrolled_collectives();
  [[maybe_unused]] static const bool sorted = [&all] {  // once: every rank's thread comes here
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a->workload() < b->workload(); });
    return true;
  }();
  return all;
}

const Collective* find_collective(const std::string& workload) {
  for (const auto& one : enrolled_collectives())
    if (one->workload() == workload) return one.get();
  return nullptr;
}

void enrol(std::unique_ptr<Collective> collective) {
  enrolled_collectives().push_back(std::move(collective));
}

}  // namespace assay
