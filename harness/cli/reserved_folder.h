// A folder that one command alone fills, minutes or hours from now.
#pragma once

#include <filesystem>

namespace assay::cli {

/// Makes the folder and marks it with a hidden file, so that what cannot be written is known before
/// the work, and a second command that means the same folder ends before its own. The mark goes
/// with this object, and so does a folder that it made and that nothing was put into.
class ReservedFolder {
 public:
  /// Throws Error where that is impossible or somebody else's mark is there.
  explicit ReservedFolder(std::filesystem::path folder);
  ReservedFolder(const ReservedFolder&) = delete;
  ReservedFolder& operator=(const ReservedFolder&) = delete;
  ~ReservedFolder();

  const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_, mark_;
  bool is_made_ = false;
};

}  // namespace assay::cli
