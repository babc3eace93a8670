// The document of the current run: on disk from the start, complete after every group.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/output_stream.h"
#include "harness/core/result.h"
#include "harness/core/room.h"

namespace assay::run {

class RunDocument {
 public:
  /// Writes nothing yet: the file may belong to another run until the device is locked. Throws
  /// Error for a pipe that nobody reads.
  RunDocument(std::filesystem::path path, Result result);

  const std::filesystem::path& path() const { return path_; }
  const Result& result() const { return result_; }
  Result& result() { return result_; }

  /// Writes the current document; to a pipe or a device only after the run has ended. During the
  /// run, disk space is reserved for the next measurements. Throws Error if there is not enough;
  /// the measurements so far are then written.
  void write();
  /// Sets status and time of the end, without writing the document. What failed stays an error,
  /// also where a signal comes after it.
  void set_end(RunStatus status);
  /// Writes the document with `status: error` and `reason`, if it can still be written. A failure
  /// here is not reported, because the original error is the more useful message.
  void fail(const std::string& reason) noexcept;

 private:
  void keep_room(std::size_t size);
  void keep_room_for_last_words(std::size_t size) noexcept;

  std::filesystem::path path_;
  std::optional<OutputStream> stream_;  // in place of a file
  Result result_;
  std::unique_ptr<Room> room_;
  std::size_t last_size_ = 0, largest_group_ = 0;  // bytes
};

}  // namespace assay::run
