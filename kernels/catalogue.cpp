// Keeps the catalogue sorted as implementations enrol, in any order of initialisation.
#include "kernels/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/core/error.h"

namespace assay {
namespace {

/// Built on first use: enrolment runs before main, across files, in no promised order.
std::vector<std::unique_ptr<Implementation>>& storage() {
  static std::vector<std::unique_ptr<Implementation>> implementations;
  return implementations;
}

auto key(const Implementation& one) {
  return std::make_tuple(one.workload(), one.dtype(), one.name(), one.backend());
}

}  // namespace

const std::vector<std::unique_ptr<Implementation>>& catalogue() { return storage(); }

void enrol(std::unique_ptr<Implementation> implementation) {
  auto& all = storage();
  const auto place = std::lower_bound(
      all.begin(), all.end(), implementation,
      [](const auto& left, const auto& right) { return key(*left) < key(*right); });
  if (place != all.end() && key(**place) == key(*implementation)) {
    throw Error(fmt::format("{}.{}.{} is enrolled twice: give one of the two another name",
                            implementation->workload(), implementation->dtype(),
                            implementation->name()));
  }
  all.insert(place, std::move(implementation));
}

}  // namespace assay
