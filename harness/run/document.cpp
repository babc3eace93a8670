// Rewrites the document through core's writer.
#include "harness/run/document.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/error.h"
#include "harness/core/output.h"

namespace assay::run {

namespace {

// A measurement with 256 values takes 20 KiB at most; a group has seldom more than ten.
constexpr std::size_t kGroupBytes = std::size_t{1} << 20;
constexpr std::size_t kLeastBytes = std::size_t{64} << 10;
constexpr std::size_t kLastWordsBytes = 4096;  // how the run ended

}  // namespace

RunDocument::RunDocument(std::filesystem::path path, Result result)
    : path_(std::move(path)), result_(std::move(result)) {
  if (is_stream(path_)) stream_.emplace(path_);
}

void RunDocument::write() {
  const bool is_running = result_.status == RunStatus::running;
  if (stream_ && is_running) return;
  const std::string text =
      document_text(to_json(result_), DocumentKind::result, shown_output(path_));
  if (stream_) {
    stream_->write(text);
  } else if (room_) {
    // Used up, whatever comes of it.
    std::unique_ptr<Room>(std::move(room_))->take(text);
  } else {
    write_text(text, path_);
  }
  if (is_running) keep_room(text.size());
}

void RunDocument::keep_room(std::size_t size) {
  if (last_size_ > 0 && size > last_size_)
    largest_group_ = std::max(largest_group_, size - last_size_);
  last_size_ = size;
  const std::size_t least = std::max(kLeastBytes, 2 * largest_group_);
  for (std::size_t bytes = kGroupBytes + least;; bytes /= 2) {
    try {
      room_ = std::make_unique<Room>(path_, size + bytes);
      return;
    } catch (const Error&) {
      if (bytes / 2 >= least) continue;  // a disk that is filling up: less will do
      keep_room_for_last_words(size);
      throw;
    }
  }
}

void RunDocument::keep_room_for_last_words(std::size_t size) noexcept {
  try {
    room_ = std::make_unique<Room>(path_, size + kLastWordsBytes);
  } catch (const std::exception&) {
    // The disk has the last whole document, which reads as interrupted.
  }
}

void RunDocument::set_end(RunStatus status) {
  result_.status = result_.error.empty() ? status : RunStatus::error;
  result_.run.finished = utc_now();
}

void RunDocument::fail(const std::string& reason) noexcept {
  try {
    result_.error = reason;
    set_end(RunStatus::error);
    write();
  } catch (const std::exception&) {
    // The disk still has the last whole document, which reads as interrupted.
  }
}

}  // namespace assay::run
