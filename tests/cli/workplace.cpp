// Temporary folders and the reading of documents without the code under test.
#include "tests/cli/workplace.h"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/measure/sanitized.h"
#include "tests/not_run.h"

namespace assay::test {

namespace fs = std::filesystem;

namespace {

fs::path new_folder(const std::string& prefix) {
  std::string name = (fs::temp_directory_path() / (prefix + "-XXXXXX")).string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder " + name);
  return name;
}

std::vector<fs::path> files(const fs::path& folder, bool documents) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (!entry.is_directory() && (entry.path().extension() == ".json") == documents)
      found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string profile_path(const std::string& name) {
  return std::string(ASSAY_TEST_PROFILES) + "/" + name + ".json";
}

Workplace::Workplace() : folder_(new_folder("assay test")), locks_(new_folder("assay-locks")) {}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  fs::remove_all(locks_, ignored);
}

Launch Workplace::launch(std::vector<std::string> words) const {
  return {ASSAY_BINARY, std::move(words), folder_, {{"ASSAY_LOCK_DIR", locks_.string()}}, {}, true};
}

Outcome Workplace::assay(std::vector<std::string> words) const {
  return run_process(launch(std::move(words)));
}

void Workplace::preload(std::map<std::string, std::string> environment, Launch& launch) const {
  if (kSanitized) not_run("a sanitizer wants to be loaded first");
  launch.environment.merge(environment);
  launch.environment["LD_PRELOAD"] = ASSAY_TEST_PRELOADED;
}

bool Workplace::was_preloaded() const { return fs::exists(path("preloaded")); }

std::vector<fs::path> Workplace::documents() const { return files(folder_, true); }
std::vector<fs::path> Workplace::leftovers() const { return files(folder_, false); }

std::string read_text(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

nlohmann::ordered_json read_json(const fs::path& path) {
  return nlohmann::ordered_json::parse(read_text(path));
}

void write_text_file(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

bool is_one_line(const std::string& text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool appears(const fs::path& path, double limit_s) {
  const double deadline = now_s() + limit_s;
  while (!fs::exists(path)) {
    if (now_s() > deadline) return false;
    sleep_s(0.002);
  }
  return true;
}

}  // namespace assay::test
