// The run as its user started it: a process that owns the documents, the locks and the signals, and
// another one that measures, so that a case which hangs or dies costs that case and nothing else.
#pragma once

#include <filesystem>

#include "harness/run/engine.h"

namespace assay::run {

struct RunEnd {
  bool whole = true;            // false: stopped; the documents say interrupted
  bool is_first = true;         // this process has the run's own document
  std::filesystem::path where;  // the document, or the folder
  Result result;                // what this process has to show
};

/// A process alone is a world of one. To be called while the process has a single thread: it forks.
/// Input that is refused leaves no document. What breaks the run is thrown, and left in the
/// documents as status error with what was measured before. A case that makes no progress for too
/// long, or whose process dies, is left as a measurement with status error and its reason, and a
/// fresh worker goes on after it; of several ranks all end, and the message names this one.
RunEnd run(const RunOptions& options);

}  // namespace assay::run
