// Finds what a measurement replaces.
#include "harness/run/newest.h"

#include <algorithm>

namespace assay::run {

void keep_newest(const Measurement& measurement, std::vector<Measurement>& all) {
  const std::string id = measurement.id.str();
  const auto older = std::find_if(all.begin(), all.end(), [&](const Measurement& one) {
    return one.group == measurement.group && one.series == measurement.series && one.id.str() == id;
  });
  if (older == all.end()) {
    all.push_back(measurement);
  } else {
    *older = measurement;
  }
}

}  // namespace assay::run
