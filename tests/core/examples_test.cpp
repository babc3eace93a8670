// The examples of results-schema/: the valid are accepted, each invalid one is refused for its
// reason.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "harness/core/baseline.h"
#include "harness/core/consistency.h"
#include "harness/core/content_hash.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/embedded.h"
#include "harness/core/layout_1_0.h"
#include "harness/core/profile.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

const fs::path kExamples = fs::path(ASSAY_SOURCE_DIR) / "results-schema/examples";

void read(const fs::path& path) {
  const std::string name = path.filename().string();
  const Json document = parse_json(read_text(path), name);
  const DocumentKind kind = kind_of(document, name);
  validate(document, kind, name);
  if (kind == DocumentKind::result) refuse_contradictions(result_from_json(document), name);
}

/// Of the newest schemas and of those before.
std::vector<fs::path> valid_examples() {
  std::vector<fs::path> paths;
  for (const char* folder : {"valid", "valid-1.0"})
    for (const auto& entry : fs::directory_iterator(kExamples / folder))
      paths.push_back(entry.path());
  return paths;
}

struct Expected {
  std::string file, step, fragment;
};

std::vector<Expected> table() {
  std::vector<Expected> rows;
  std::ifstream file(kExamples / "invalid/expected.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    Expected row;
    std::istringstream words(line);
    words >> row.file >> row.step >> std::ws;
    std::getline(words, row.fragment);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("every valid example is accepted") {
    CHECK(valid_examples().size() >= 16);
    for (const fs::path& path : valid_examples()) {
      CAPTURE(path);
      CHECK(test::refusal([&] { read(path); }) == "");
    }
  }

  TEST_CASE("every invalid example is refused in one line that says why") {
    std::set<std::string> listed = {"expected.txt"};
    for (const Expected& row : table()) {
      CAPTURE(row.file);
      const std::string said = test::refusal([&] { read(kExamples / "invalid" / row.file); });
      CAPTURE(said);
      CHECK(said.find(row.fragment) != std::string::npos);
      CHECK(said.find(row.file + ": ") == 0);
      CHECK(said.find('\n') == std::string::npos);
      CHECK(said.size() < 400);
      listed.insert(row.file);
    }
    for (const auto& entry : fs::directory_iterator(kExamples / "invalid")) {
      CAPTURE(entry.path());
      CHECK(listed.contains(entry.path().filename().string()));
    }
    CHECK(listed.size() > 50);
  }

  TEST_CASE("every valid result comes back as it was read") {
    for (const fs::path& path : valid_examples()) {
      if (!path.filename().string().starts_with("result")) continue;
      CAPTURE(path);
      const nlohmann::json document = parse_json(read_text(path), "x");
      const nlohmann::json again = to_json(result_from_json(document));
      CHECK(again == document);
    }
  }

  TEST_CASE("a document of schema 1.0 says the same as one of 1.1 and keeps its hash") {
    const Json old = parse_json(read_text(kExamples / "valid-1.0/result-fabric.json"), "old");
    Result result = result_from_json(old);
    Json alone = old;
    alone["extensions"].erase("documents");
    CHECK(content_sha256(result) == sha256_hex(alone.dump()));
    CHECK(result.extensions.empty());
    result.schema_version = Result().schema_version;
    const Json now = parse_json(read_text(kExamples / "valid/result-fabric.json"), "now");
    CHECK(to_json(result).dump() == now.dump());
  }

  TEST_CASE("an extension of 1.0 that is of another form or stands alone stays what it is") {
    for (
        const char* measurement :
        {R"({"workload": "gemm", "transport": {"kind": "x"}, "extensions": {"transport_of_members": ["a"]}})",
         R"({"workload": "gemm", "transport": {"kind": "x"}, "extensions": {"transport_of_members": 1}})",
         R"({"workload": "gemm", "extensions": {"transport_of_members": {"a": "b"}}})",
         R"({"workload": "gemm", "extensions": {"round": 1, "rail": 2}})",
         R"({"workload": "pair"})"}) {
      CAPTURE(std::string(measurement));
      const Json given = parse_json(R"({"measurements": [)" + std::string(measurement) + "]}", "x");
      Json moved = given;
      to_layout_1_1(moved);
      CHECK(moved == given);
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("the executable carries the schemas and profiles and baselines byte for byte") {
    const fs::path root = kExamples.parent_path();
    std::set<std::string> names;
    for (const EmbeddedFile& file : embedded_files()) {
      CAPTURE(file.name);
      CHECK(file.text == read_text(root / file.name));
      names.insert(std::string(file.name));
    }
    for (const char* folder : {"profiles", "profiles/developer", "baselines"}) {
      for (const auto& entry : fs::directory_iterator(root / folder)) {
        if (entry.is_directory()) continue;
        CHECK(names.contains(std::string(folder) + "/" + entry.path().filename().string()));
      }
    }
    CHECK(names.contains("result.schema.json"));
    CHECK_THROWS_AS(embedded_file("none.json"), Error);
  }

  TEST_CASE("every profile and baseline that the executable carries is sound") {
    CHECK(!builtin_profile_names().empty());
    for (const std::string& name : builtin_profile_names()) {
      CHECK(load_profile(name).name == name);
    }
    CHECK(!builtin_baselines().empty());
  }
}

}  // namespace assay
