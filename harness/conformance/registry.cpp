// The requirements that this executable knows: each enrols itself from its own file.
#include <utility>

#include "harness/conformance/requirement.h"

namespace assay {

namespace {

/// A function's static, so that enrolment works in any order of initialisation.
std::vector<std::unique_ptr<Requirement>>& registry() {
  static std::vector<std::unique_ptr<Requirement>> enrolled;
  return enrolled;
}

}  // namespace

const std::vector<std::unique_ptr<Requirement>>& requirements() { return registry(); }

void enrol(std::unique_ptr<Requirement> requirement) {
  registry().push_back(std::move(requirement));
}

}  // namespace assay
