// An output that cannot be replaced by another file: standard output, a pipe, a device.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

class OutputStream {
 public:
  /// Throws Error when it cannot be opened, or is a pipe that nobody comes to read.
  explicit OutputStream(std::filesystem::path path);
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// Standard output gets it after what was printed.
  void write(const std::string& text) const;

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace assay
