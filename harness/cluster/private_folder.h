// A temporary folder of this user alone: it holds the ranks' secret.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "harness/core/error.h"

namespace assay::cluster {

/// Gone with the object. Throws Error where it cannot be made.
class PrivateFolder {
 public:
  PrivateFolder()
      : path_((std::filesystem::temp_directory_path() / "assay-cluster-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr)
      throw Error(fmt::format("cannot make a folder like {}", path_));
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace assay::cluster
