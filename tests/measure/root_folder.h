// A root folder with the files of /proc and /sys that another machine would have.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace assay::test {

/// Removed with all that is in it.
class Root {
 public:
  Root() {
    char pattern[] = "/tmp/assay-root-XXXXXX";
    path_ = mkdtemp(pattern);
  }
  ~Root() { std::filesystem::remove_all(path_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
  }
  /// This process is in `group` of version 2, which is mounted where it usually is.
  void join_cgroup(const std::string& group) const {
    write("proc/self/cgroup", "0::" + group + "\n");
    write("proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n");
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace assay::test
