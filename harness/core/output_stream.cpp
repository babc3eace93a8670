// Opens without waiting for ever, and writes like to any other file.
#include "harness/core/output_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "harness/core/output.h"
#include "harness/core/write_failure.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

/// A pipe can be opened for writing only while somebody reads it; readers are often started beside
/// the writer.
int open_with_patience(const fs::path& path) {
  constexpr std::chrono::seconds kPatience(10);
  constexpr std::chrono::milliseconds kPause(20);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 || errno != ENXIO || std::chrono::steady_clock::now() > end) return fd;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

OutputStream::OutputStream(fs::path path) : path_(std::move(path)) {
  if (is_standard_output(path_)) return;
  fd_ = open_with_patience(path_);
  if (fd_ < 0 && errno == ENXIO && fs::is_fifo(path_))
    throw Error("cannot write " + path_.string() +
                ": it is a pipe that nobody reads; start its reader before this command");
  if (fd_ < 0) write_failed(path_, "opening", errno);
  ::fcntl(fd_, F_SETFL, 0);  // a reader that is slow is waited for
}

OutputStream::~OutputStream() {
  if (fd_ >= 0) ::close(fd_);
}

void OutputStream::write(const std::string& text) const {
  if (fd_ < 0) std::fflush(stdout);
  write_all(fd_ < 0 ? STDOUT_FILENO : fd_, text, path_);
}

}  // namespace assay
