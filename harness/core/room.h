// A file's next contents while they are not in its place yet, in room that may be kept beforehand.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace assay {

/// A file beside another one, which it replaces or which it leaves as it was.
class Room {
 public:
  /// Keeps `bytes` on the disk, which what others write cannot take. Throws Error where the file
  /// system does not have them; one that cannot promise space (NFS before 4.2) is taken at its
  /// word.
  Room(std::filesystem::path file, std::size_t bytes);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// Writes `text`, flushes it and puts it in the file's place. Once. On any failure the file keeps
  /// what it held, nothing else is left, and an Error says why.
  void take(const std::string& text);

 private:
  void open_unnamed();
  void open_named();
  bool give_name();
  void drop();
  void keep(std::size_t bytes);

  std::filesystem::path file_;
  std::filesystem::path name_;  // empty: it has none, and goes with this process however that ends
  int fd_ = -1;
};

}  // namespace assay
