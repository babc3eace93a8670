// Finds the fabric's measurements, and lays the profile's collectives beside them.
#include "harness/conformance/fabric.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/between_ranks.h"
namespace assay {

namespace {

bool takes_value(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool takes_group(const CaseFilter& filter, const FabricGroup& group) {
  return takes_value(filter.workloads, group.workload) && takes_value(filter.dtypes, group.dtype) &&
         takes_value(filter.shapes, group.shape.str()) &&
         takes_value(filter.series, name(group.series));
}

/// The document's shape is the profile's with the ranks that ran.
bool is_of_shape(const Measurement& measurement, const Shape& asked) {
  for (const Shape::Entry& entry : asked.entries()) {
    if (!entry.value || !measurement.id.shape.has(entry.key) ||
        measurement.id.shape.at(entry.key) != *entry.value) {
      return false;
    }
  }
  return true;
}

FabricGroup group_in(const Result& document, const ProfileCases& line, const std::string& dtype,
                     const Shape& shape, Series series) {
  FabricGroup group{&document, line.workload, dtype, shape, series, line.implementations, {}};
  for (const Measurement& measurement : document.measurements) {
    // A pair is always hot: it is run a few times on one buffer.
    const bool same_series = measurement.series == series || line.workload == "pair";
    if (measurement.id.workload == line.workload && measurement.id.dtype == dtype && same_series &&
        is_of_shape(measurement, shape)) {
      group.members.push_back(&measurement);
    }
  }
  return group;
}

}  // namespace

bool is_fabric_document(const Result& result) { return result.fabric.has_value(); }

std::vector<const Result*> fabric_documents(const Evidence& evidence) {
  std::vector<const Result*> documents;
  for (const Result& result : evidence.results) {
    if (is_fabric_document(result)) documents.push_back(&result);
  }
  return documents;
}

std::string FabricGroup::name() const {
  const std::string group = fmt::format("{}.{}/{}", workload, dtype, shape.str());
  return series == Series::cold ? group : fmt::format("{} ({})", group, assay::name(series));
}

std::vector<FabricGroup> fabric_groups(const Evidence& evidence, const CaseFilter& filter) {
  std::vector<FabricGroup> groups;
  for (const Result* document : fabric_documents(evidence)) {
    for (const ProfileCases& line : evidence.profile->cases) {
      if (line.backend != document->run.backend || !spans_ranks(line.workload)) continue;
      for (const std::string& dtype : line.dtypes) {
        for (const Shape& shape : line.shapes) {
          for (const Series one : line.series_or_cold()) {
            FabricGroup group = group_in(*document, line, dtype, shape, one);
            if (takes_group(filter, group)) groups.push_back(std::move(group));
          }
        }
      }
    }
  }
  return groups;
}

Subject fabric_subject(const Result& document) {
  return {"fabric",
          fmt::format("between the {} nodes of run {}", document.run.world_size, document.run.id)};
}

}  // namespace assay
