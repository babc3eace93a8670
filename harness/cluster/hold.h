// The folder of a rank's results between the end of its run and its collection: what the container
// that holds it and the process that exports it tell each other, as hidden files in it.
#pragma once

#include <filesystem>
#include <optional>

namespace assay::cluster {

class HeldFolder {
 public:
  explicit HeldFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return folder_; }
  /// The run has ended with this exit code: the folder may be collected.
  void set_ended(int exit_code) const;
  std::optional<int> ended() const;
  /// Somebody has the folder whole: the holder may go.
  void acknowledge() const;
  bool acknowledged() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace assay::cluster
