// Expands the cases of a profile whose workloads span ranks.
#include "harness/cli/fabric_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/pair_rounds.h"
#include "harness/core/between_ranks.h"
#include "harness/core/case_filter.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

class FabricExpansion {
 public:
  FabricExpansion(Backend backend, const std::string& filter, int ranks)
      : library_(backend == Backend::host ? "gloo" : "nccl"), ranks_(ranks), filter_(filter) {}

  FabricPlan take() { return std::move(plan_); }

  void add(const ProfileCases& cases) {
    for (const std::string& dtype : cases.dtypes)
      for (const Shape& shape : cases.shapes) {
        if (shape.entries().size() != 1 || !shape.has("bytes"))
          throw Error(
              fmt::format("the profile asks for {} at {}: between ranks a shape is bytes "
                          "alone, the ranks are those that run",
                          cases.workload, shape.str()));
        const auto bytes = static_cast<std::size_t>(shape.at("bytes"));
        cases.workload == kPairWorkload ? add_pairs(dtype, bytes) : add_group(cases, dtype, bytes);
      }
  }

 private:
  bool takes(const std::string& workload, const std::string& dtype,
             const std::string& implementation, std::size_t bytes, int ranks) const {
    const Shape shape{{"bytes", static_cast<std::int64_t>(bytes)}, {"ranks", ranks}};
    return filter_.takes({workload, dtype, implementation, shape});
  }

  void add_pairs(const std::string& dtype, std::size_t bytes) {
    if (plan_.pairs)
      throw Error("the profile asks for pairs at two sizes: one is what is compared");
    if (takes(kPairWorkload, dtype, library_, bytes, 2)) plan_.pairs = {dtype, bytes};
  }

  void add_group(const ProfileCases& cases, const std::string& dtype, std::size_t bytes) {
    const Collective* collective = find_collective(cases.workload);
    if (collective == nullptr)
      throw Error(fmt::format("no collective is called {}: `assay list` shows what there is",
                              cases.workload));
    const std::vector<std::string> names =
        cases.implementations.empty() ? std::vector<std::string>{library_} : cases.implementations;
    for (const Series one : cases.series_or_cold()) {
      CollectiveGroup group{collective, dtype, bytes, one, {}};
      for (const std::string& name : names)
        if (takes(cases.workload, dtype, name, bytes, ranks_))
          group.implementations.push_back(name);
      if (!group.implementations.empty()) plan_.collectives.push_back(std::move(group));
    }
  }

  std::string library_;
  int ranks_;
  CaseIdFilter filter_;
  FabricPlan plan_;
};

}  // namespace

FabricPlan fabric_plan(const Profile& profile, Backend backend, const std::string& filter,
                       int ranks) {
  FabricExpansion expansion(backend, filter, ranks);
  for (const ProfileCases& cases : profile.cases)
    if (cases.backend == name(backend) && spans_ranks(cases.workload)) expansion.add(cases);
  return expansion.take();
}

bool has_node_cases(const Profile& profile, Backend backend) {
  return std::any_of(profile.cases.begin(), profile.cases.end(), [&](const ProfileCases& cases) {
    return cases.backend == name(backend) && !spans_ranks(cases.workload);
  });
}

void refuse_alone(const Profile& profile) {
  const bool alone =
      std::any_of(profile.cases.begin(), profile.cases.end(),
                  [](const ProfileCases& cases) { return !spans_ranks(cases.workload); });
  if (!alone && !profile.cases.empty())
    throw Error(
        fmt::format("profile {} measures what is between ranks and this is one process: start one "
                    "a node with --rendezvous HOST:PORT --rank R --world-size N --token-file FILE",
                    profile.name));
}

}  // namespace assay::cli
