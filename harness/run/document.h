// The document of the run under way: on disk from the start, whole after every group.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay::run {

class RunDocument {
 public:
  /// Nothing is written yet: the file may be another run's until the device is locked.
  RunDocument(std::filesystem::path path, Result result);

  const std::filesystem::path& path() const { return path_; }
  const Result& result() const { return result_; }
  Result& result() { return result_; }

  /// Writes the document as it stands.
  void write() const;
  /// The status and time of the end, not yet written.
  void set_end(RunStatus status);
  /// Leaves the document as `status: error` with `reason` if it can still be written at all; what
  /// broke the run is the better message, so a failure here is not reported.
  void fail(const std::string& reason) noexcept;

 private:
  std::filesystem::path path_;
  Result result_;
};

}  // namespace assay::run
