// A file's next contents before they replace it, in disk space that can be reserved in advance.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace assay {

/// What is replaced in place of a symbolic link, which stays; there may be no such file yet. Throws
/// Error for links that lead back to themselves.
std::filesystem::path behind_links(const std::filesystem::path& asked);

/// A temporary file next to `file`, which it either replaces or leaves unchanged.
class Room {
 public:
  /// Reserves `bytes` on the disk, so that other writers cannot take them. Throws Error if the file
  /// system does not have them. One that cannot reserve space (NFS before 4.2) is not checked.
  Room(std::filesystem::path file, std::size_t bytes);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// Writes `text`, flushes it and replaces the file with it. Call it once. On failure the file
  /// keeps its contents, nothing else is left, and an Error says why.
  void take(const std::string& text);

 private:
  void open_unnamed();
  void open_named();
  bool give_name();
  void drop();
  void keep(std::size_t bytes);

  std::filesystem::path file_;
  std::filesystem::path name_;  // empty: unnamed, so it disappears when this process ends
  int fd_ = -1;
};

}  // namespace assay
