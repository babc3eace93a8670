// The schemas say the same to somebody else's draft 2020-12 validator as to ours.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

Outcome python_validates(const Workplace& workplace, const std::string& schema,
                         const std::string& document) {
  return run_process(
      {"/usr/bin/env",
       {"python3", std::string(ASSAY_SOURCE_DIR) + "/tests/cli/validate_2020_12.py",
        std::string(ASSAY_SOURCE_DIR) + "/results-schema/" + schema + ".schema.json", document},
       workplace.folder(),
       {},
       {}});
}

bool has_validator() {
  return run_process({"/usr/bin/env", {"python3", "-c", "import jsonschema"}, {}, {}, {}})
             .exit_code == 0;
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("an independent draft 2020-12 validator accepts a fresh document and its verdict") {
    if (!has_validator()) not_run("python3 has no jsonschema: install python3-jsonschema");
    const Workplace workplace;
    REQUIRE(workplace
                .assay({"run", "--profile", profile_path("tiny"), "--backend", "host", "-o",
                        "result.json"})
                .exit_code == 0);
    REQUIRE(workplace
                .assay({"check", "result.json", "--profile", profile_path("tiny"), "--format",
                        "json", "-o", "verdict.json"})
                .exit_code == 0);
    const Outcome result = python_validates(workplace, "result", "result.json");
    CHECK_MESSAGE(result.exit_code == 0, result.err);
    const Outcome verdict = python_validates(workplace, "verdict", "verdict.json");
    CHECK_MESSAGE(verdict.exit_code == 0, verdict.err);
    for (const char* profile : {"quick", "node"}) {
      const Outcome outcome = python_validates(
          workplace, "profile",
          std::string(ASSAY_SOURCE_DIR) + "/results-schema/profiles/" + profile + ".json");
      CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    }

    auto spoilt = read_json(workplace.path("result.json"));
    spoilt["measurements"][0]["samples"]["median_ms"] = 1;
    write_text_file(workplace.path("spoilt.json"), spoilt.dump());
    CHECK(python_validates(workplace, "result", "spoilt.json").exit_code == 1);
  }
}

}  // namespace assay::test
