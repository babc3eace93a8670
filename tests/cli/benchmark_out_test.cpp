// The report for tools of Google Benchmark, read by its own compare.py.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

constexpr const char* kCompare = "/usr/share/benchmark/compare.py";

Outcome run_with_report(const Workplace& workplace, const std::string& document,
                        const std::string& report) {
  return workplace.assay({"run", "--profile", profile_path("tiny"), "--backend", "host", "-o",
                          document, "--benchmark-out", report});
}

Outcome python(const Workplace& workplace, std::vector<std::string> words) {
  Launch launch = workplace.launch(std::move(words));
  launch.executable = "/usr/bin/python3";
  return run_process(launch);
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("the reports of two runs are compared by the script of Google Benchmark") {
    const Workplace workplace;
    for (const std::string name : {"first", "second"}) {
      const Outcome outcome = run_with_report(workplace, name + "-document.json", name + ".json");
      REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
    }
    const auto report = read_json(workplace.path("first.json"));
    const auto document = read_json(workplace.path("first-document.json"));
    CHECK(report["context"]["assay_run"] == document["run"]["id"]);
    CHECK(report["context"]["assay_status"] == "complete");
    std::size_t medians = 0;
    for (const auto& run : report["benchmarks"]) medians += run.contains("aggregate_name");
    CHECK(medians == document["measurements"].size());

    if (!std::filesystem::exists(kCompare)) not_run("libbenchmark-tools is not installed");
    if (python(workplace, {"-c", "import scipy.stats"}).exit_code != 0)
      not_run("compare.py needs python3-scipy");
    const Outcome compared =
        python(workplace, {kCompare, "--no-color", "benchmarks", "first.json", "second.json"});
    CHECK_MESSAGE(compared.exit_code == 0, compared.err);
    CHECK(contains(compared.out, "gemm.f32.blocked/m32_n32_k32/cold_median"));
    CHECK(contains(compared.out, "OVERALL_GEOMEAN"));
  }

  TEST_CASE("a report that cannot be written is refused before anything is measured") {
    const Workplace workplace;
    const Outcome outcome = run_with_report(workplace, "x.json", "no-such-folder/report.json");
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "no-such-folder"));
    CHECK(workplace.documents().empty());
  }
}

}  // namespace assay::test
