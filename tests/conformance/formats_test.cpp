// Verdicts as JUnit and Prometheus text, measurements as CSV, and what each verdict recommends.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

RequirementVerdict one(const std::string& id, Level level, Verdict verdict,
                       const std::string& code = "met") {
  RequirementVerdict result;
  result.id = id;
  result.level = level;
  result.verdict = verdict;
  result.reason_code = code;
  result.reason = "a <b> & \"c\"";
  return result;
}

VerdictDocument of_every_kind() {
  std::vector<RequirementVerdict> all = {
      one("good", Level::must, Verdict::pass), one("bad", Level::must, Verdict::fail, "xid"),
      one("poor", Level::should, Verdict::fail, "below_limit"),
      one("absent", Level::must, Verdict::not_evaluated, "missing"),
      one("excluded", Level::must, Verdict::not_evaluated, "not_applicable")};
  all[1].subjects = {{"device", "node \"a\" device 3"}};
  all[1].action = Action::drain;
  all[1].action_reason = "the driver reported a fault";
  return summarise("p", all);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) + 1;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every failing or warning verdict says what to do and why") {
    Profile profile = load_profile("node");
    Result result = passing_result(profile, "cuda", 2);
    result.nodes[0].devices[1].ecc->remap_failed = true;
    result.nodes[0].devices[1].pcie->width = 8;
    result.nodes[0].devices[0].other_processes = {{7, "python3"}};
    for (const char* product : {"cublaslt", "sm90", "sm80"})
      slow_down(
          measurement_of(result, std::string("gemm.bf16.") + product + "/m8192_n8192_k8192", 1), 2);
    result.measurements.pop_back();
    int advised = 0;
    for (const RequirementVerdict& verdict : judge({{result}, &profile, {}}).requirements) {
      CAPTURE(verdict.id);
      const bool is_fine =
          verdict.verdict == Verdict::pass || verdict.reason_code == "not_applicable";
      CHECK(verdict.action_reason.empty() == is_fine);
      if (verdict.id == "ecc") CHECK(verdict.action == Action::service);
      if (verdict.id == "foreign_processes") CHECK(verdict.action == Action::quiet_machine);
      if (verdict.id == "complete_run") CHECK(verdict.action == Action::rerun);
      if (verdict.id == "gemm_bf16") CHECK(verdict.action == Action::drain);
      advised += is_fine ? 0 : 1;
    }
    CHECK(advised >= 5);
  }

  TEST_CASE("what is slow between devices is for the fabric and not for a device") {
    RequirementVerdict slow = one("pairs", Level::must, Verdict::fail, "slow");
    slow.subjects = {{"link", "link a - b"}};
    CHECK(usual_advice(slow).action == Action::check_fabric);
    slow.subjects = {{"node", "a"}};
    CHECK(usual_advice(slow).action == Action::drain);
    slow.verdict = Verdict::warn;
    CHECK(usual_advice(slow).action == Action::rerun);
  }

  TEST_CASE("JUnit fails what fails the check and skips what does not apply") {
    const std::string xml = to_junit(of_every_kind());
    CHECK(has(xml, "tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\""));
    CHECK(has(xml, "<testcase classname=\"assay.p.functional\" name=\"bad\">"));
    CHECK(has(xml, "<failure type=\"xid\" message=\"a &lt;b&gt; &amp; &quot;c&quot;\">"));
    CHECK(has(xml, "device: node &quot;a&quot; device 3\ndrain: the driver reported a fault"));
    CHECK(has(xml, "<system-out>fail: a &lt;b&gt;"));  // a should fails nothing
    CHECK(has(xml, "<skipped message="));
  }

  TEST_CASE("Prometheus text has one gauge a requirement and one a subject") {
    const std::string text = to_prometheus(of_every_kind());
    CHECK(has(text, "# TYPE assay_verdict gauge\n"));
    CHECK(has(text, "assay_verdict{profile=\"p\",verdict=\"fail\"} 1\n"));
    CHECK(has(text, "assay_verdict{profile=\"p\",verdict=\"pass\"} 0\n"));
    CHECK(has(text,
              "requirement=\"excluded\",level=\"must\",axis=\"functional\","
              "verdict=\"not_applicable\",action=\"none\"} 1\n"));
    CHECK(has(text, "kind=\"device\",subject=\"node \\\"a\\\" device 3\"} 1\n"));
  }

  TEST_CASE("Markdown takes no entity out of a name") {
    RequirementVerdict hostile = one("a", Level::must, Verdict::fail);
    hostile.reason = "a &#x202e; <b>";
    CHECK(has(to_markdown(summarise("p", {hostile})), "a &amp;#x202e; &lt;b>"));
  }

  TEST_CASE("CSV has one row a measurement and the same columns in each") {
    const Profile profile = small_profile();
    Result result = passing_result(profile, "cuda", 2);
    result.measurements[0].reason = "a \"quoted\" word";
    const std::string csv = to_csv({result});
    std::vector<std::string> lines;
    for (std::size_t at = 0, end; (end = csv.find("\r\n", at)) != std::string::npos; at = end + 2)
      lines.push_back(csv.substr(at, end - at));
    REQUIRE(lines.size() == 1 + result.measurements.size());
    for (const std::string& line : lines) CHECK(columns(line) == columns(lines[0]));
    CHECK(has(lines[0], ",bytes,k,m,n,status,"));
    CHECK(has(lines[1], ",8192,8192,8192,measured,"));
    CHECK(has(lines[1], "\"a \"\"quoted\"\" word\""));
  }

  TEST_CASE("a spreadsheet takes no cell of the CSV for a formula and every number for one") {
    const Profile profile = small_profile();
    Result result = passing_result(profile, "cuda", 1);
    result.measurements.resize(1);
    Measurement& one = result.measurements[0];
    one.metrics["difference"] = -1.5;
    for (const char* formula : {"=1+1", "+1", "-1+cmd", "@SUM(A1)", "\t=1", " =1"}) {
      one.reason = formula;
      result.run.id = formula;
      const std::string csv = to_csv({result});
      const std::string line = csv.substr(csv.find("\r\n") + 2);
      CHECK_MESSAGE(line.starts_with("'"), line);
      CHECK_MESSAGE(line.find(",'") != std::string::npos, line);
      CHECK(has(line, ",-1.5,"));
    }
  }
}

}  // namespace assay::test
