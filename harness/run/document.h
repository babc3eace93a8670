// The document of the run under way: on disk from the start, whole after every group.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/room.h"

namespace assay::run {

class RunDocument {
 public:
  /// Nothing is written yet: the file may be another run's until the device is locked.
  RunDocument(std::filesystem::path path, Result result);

  const std::filesystem::path& path() const { return path_; }
  const Result& result() const { return result_; }
  Result& result() { return result_; }

  /// Writes the document as it stands; to a pipe or a device only once it has ended. While the run
  /// goes on, room on the disk is kept for what it measures next. Throws Error where there is none:
  /// what was measured so far is then written.
  void write();
  /// The status and time of the end, not yet written.
  void set_end(RunStatus status);
  /// Leaves the document as `status: error` with `reason` if it can still be written at all; what
  /// broke the run is the better message, so a failure here is not reported.
  void fail(const std::string& reason) noexcept;

 private:
  void keep_room(std::size_t size);

  std::filesystem::path path_;
  bool is_stream_;
  Result result_;
  std::unique_ptr<Room> room_;
  std::size_t last_size_ = 0, largest_group_ = 0;  // bytes
};

}  // namespace assay::run
