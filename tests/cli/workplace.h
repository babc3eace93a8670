// A folder of its own for each test, the executable run in it, and readers of what it leaves.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/process.h"

namespace assay::test {

/// Profiles of this folder: `tiny` ends in under a second, `long` would go on for a minute,
/// `planted` and `slow` name cases that only the planted executable has.
std::string profile_path(const std::string& name);

/// Removed with all that is in it. Locks are the folder's own, so that tests may run side by side.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  /// The built `assay` with these words, in this folder.
  Launch launch(std::vector<std::string> words) const;
  Outcome assay(std::vector<std::string> words) const;
  /// Gives a launch the library of preloaded.cpp and what `environment` asks of it. Ends the test
  /// as not run under a sanitizer, which wants to be loaded first.
  void preload(std::map<std::string, std::string> environment, Launch& launch) const;
  /// Whether that library was loaded into a run of this folder.
  bool was_preloaded() const;

  /// `*.json` of the folder, and everything that is neither that nor a folder.
  std::vector<std::filesystem::path> documents() const;
  std::vector<std::filesystem::path> leftovers() const;

 private:
  std::filesystem::path folder_, locks_;
};

std::string read_text(const std::filesystem::path& path);
nlohmann::ordered_json read_json(const std::filesystem::path& path);
void write_text_file(const std::filesystem::path& path, const std::string& text);

/// True for exactly one non-empty line that ends with a newline.
bool is_one_line(const std::string& text);
bool contains(const std::string& text, const std::string& part);
/// Waits until `path` exists; false when it does not within `limit_s`.
bool appears(const std::filesystem::path& path, double limit_s = 60);

}  // namespace assay::test
