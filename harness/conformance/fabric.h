// The measurements between nodes: which document holds them, and what the profile asks of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/conformance/cases.h"
#include "harness/core/process_identity.h"

namespace assay {

/// Written by rank 0 of a run of many ranks: it has the measurements between them.
bool is_fabric_document(const Result& result);
std::vector<const Result*> fabric_documents(const Evidence& evidence);

/// One collective that the profile asks for, and what a fabric document has of it. The profile's
/// shape has no ranks; the document's has those that ran.
struct FabricGroup : AskedGroup {
  const Result* document = nullptr;
  std::vector<const Measurement*> members;
};

/// Every group of the profile that spans ranks and that the filter takes, for every fabric
/// document; pairs are one group like the others. Throws Error as CaseFilter::refuse_unknown.
std::vector<FabricGroup> fabric_groups(const Evidence& evidence, const CaseFilter& filter);

/// How many ranks the run of a document had at least: its processes, on cuda its devices. One rank
/// has nothing to measure between ranks.
std::size_t ranks_of(const Result& result);

/// What the documents say of the nodes of a fabric document. Refers to the evidence.
class FabricDevices {
 public:
  explicit FabricDevices(const Evidence& evidence);
  /// The kind of device that all ranks of the document have; null when the documents say nothing of
  /// its nodes, or they differ.
  const DeviceFacts* device_of(const Result& document) const;

 private:
  struct Described {
    const Result* document;
    const NodeFacts* node;
  };
  std::vector<Described> nodes_;                          // in the documents' order
  std::multimap<std::string_view, std::size_t> by_name_;  // a run measured again has the names too
};

/// Who a scope between ranks is: a node where one is all there is, else what spans several.
Subject subject_of(const Scope& scope);

/// The fabric as a subject: all of its nodes together.
Subject fabric_subject(const Result& document);

/// For a requirement that found no fabric document.
inline constexpr const char* kNoFabric =
    "no document holds measurements between nodes: fabric.json of the run is missing";

}  // namespace assay
