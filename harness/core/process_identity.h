// Which process of which run wrote a document.
#pragma once

#include <map>
#include <string>

#include "harness/core/result.h"

namespace assay {

/// One between nodes that have documents of their own. A process alone has one document for both.
bool has_nodes_elsewhere(const Result& result);

/// Run and rank; a run that is measured again has another id. Empty where a run has several
/// processes and the document does not say which wrote it.
std::string process_of(const Result& result);

/// Documents that are to be runs beside each other, each once.
class DistinctDocuments {
 public:
  /// Adds one. Throws Error, naming both, where it is of the process of one that was added: a copy,
  /// changed or not, is not another run.
  void add(const std::string& file, const Result& result);

 private:
  std::map<std::string, std::string> files_;  // by process, or by content where it is not known
};

}  // namespace assay
