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

void require_validator() {
  if (run_process({"/usr/bin/env", {"python3", "-c", "import jsonschema"}, {}, {}, {}}).exit_code)
    not_run("python3 has no jsonschema: install python3-jsonschema");
}

void check_valid(const Workplace& workplace, const std::string& schema,
                 const std::string& document) {
  CAPTURE(document);
  const Outcome outcome = python_validates(workplace, schema, document);
  CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("an independent draft 2020-12 validator accepts a fresh document and its verdict") {
    require_validator();
    const Workplace workplace;
    REQUIRE(workplace
                .assay({"run", "--profile", profile_path("tiny"), "--backend", "host", "-o",
                        "result.json"})
                .exit_code == 0);
    REQUIRE(workplace
                .assay({"check", "result.json", "--profile", profile_path("tiny"), "--format",
                        "json", "-o", "verdict.json"})
                .exit_code == 0);
    check_valid(workplace, "result", "result.json");
    check_valid(workplace, "verdict", "verdict.json");

    auto spoilt = read_json(workplace.path("result.json"));
    spoilt["measurements"][0]["samples"]["median_ms"] = 1;
    write_text_file(workplace.path("spoilt.json"), spoilt.dump());
    CHECK(python_validates(workplace, "result", "spoilt.json").exit_code == 1);
  }

  TEST_CASE("an independent validator accepts what several ranks write") {
    require_validator();
    const Workplace workplace;
    const std::string profile =
        std::string(ASSAY_SOURCE_DIR) + "/tests/collectives/processes/local.json";
    const Outcome run = workplace.assay(
        {"run", "--profile", profile, "--backend", "host", "--local-ranks", "2", "-o", "results"});
    REQUIRE_MESSAGE(run.exit_code == 0, run.err);
    check_valid(workplace, "result", "results/fabric.json");
  }

  TEST_CASE("an independent validator accepts a baseline and a comparison of simulated nodes") {
    require_validator();
    const Workplace workplace;
    for (const std::string seed : {"1", "2"})
      REQUIRE(workplace
                  .assay({"simulate", "--sku", "h200-sxm", "--nodes", "1", "--seed", seed, "-o",
                          "simulated-" + seed})
                  .exit_code == 0);
    REQUIRE(workplace.assay({"baseline", "simulated-1", "-o", "baseline.json"}).exit_code == 0);
    check_valid(workplace, "baseline", "baseline.json");
    const Outcome compared = workplace.assay(
        {"compare", "simulated-1", "simulated-2", "--format", "json", "-o", "comparison.json"});
    REQUIRE_MESSAGE(compared.exit_code <= 1, compared.err);
    check_valid(workplace, "comparison", "comparison.json");
  }
}

}  // namespace assay::test
