// The tables that people read, compared with the files in golden/. ASSAY_UPDATE_GOLDEN=1 rewrites
// them.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/conformance/golden" / name;
}

void check_golden(const std::string& name, const std::string& text) {
  if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) std::ofstream(golden(name)) << text;
  std::ifstream file(golden(name));
  std::ostringstream expected;
  expected << file.rdbuf();
  CHECK(text == expected.str());
}

/// A node with one slow GPU, one link at half width, one fact unknown and one intruder.
VerdictDocument sick_node() {
  Profile profile = small_profile();
  profile.requirements = {
      requirement("complete_run"),
      requirement("verified_results"),
      requirement("spread_within_node"),
      requirement("throughput_vs_speed_of_light",
                  {{"workload", "gemm"}, {"fail_below", 0.5}, {"warn_below", 0.6}}),
      requirement("inventory_pcie_link", Json::object(), Level::should),
      requirement("inventory_ecc"),
      requirement("inventory_foreign_processes", Json::object(), Level::should),
  };
  profile.requirements.push_back(requirement("inventory_software_drift"));
  profile.requirements.back().applies_when = {{"min_nodes", 2}};
  Result result = passing_result(profile, "cuda", 8);
  for (const char* id :
       {"gemm.bf16.cublaslt/m8192_n8192_k8192", "gemm.bf16.sm90/m8192_n8192_k8192"}) {
    slow_down(measurement_of(result, id, 7), 2);
  }
  auto& devices = result.nodes.front().devices;
  devices[3].pcie->width = 8;
  devices[5].ecc->remap_pending.reset();
  devices[0].other_processes = {{4711, "python3"}};
  devices[1].serial.reset();
  devices[1].other_processes = {{4712, "a|b `c` <d>"}};
  return judge({{result}, &profile, {}});
}

VerdictDocument healthy_host() {
  const Profile profile = load_profile("quick");
  return judge({{passing_result(profile, "host", 1)}, &profile, {}});
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("the text table puts failures first and names their devices") {
    check_golden("sick_node.txt", to_text(sick_node(), false));
  }

  TEST_CASE("the Markdown table escapes what machines are called") {
    check_golden("sick_node.md", to_markdown(sick_node()));
  }

  TEST_CASE("the text table of a healthy host reads as one") {
    check_golden("healthy_host.txt", to_text(healthy_host(), false));
  }

  TEST_CASE("the text table fits its line and loses no word") {
    VerdictDocument document = sick_node();
    document.requirements[1].id = "a_requirement_with_a_name_that_takes_more_than_half_of_a_line";
    std::string words;
    for (const std::size_t width : {80, 105, 160}) {
      CAPTURE(width);
      std::istringstream text(to_text(document, false, width));
      for (std::string line; std::getline(text, line);) CHECK(line.size() <= width);
      std::istringstream again(to_text(document, false, width));
      std::string seen;
      for (std::string word; again >> word;) seen += word + " ";
      if (words.empty()) words = seen;
      CHECK(seen == words);
    }
  }

  TEST_CASE("a long reason that several requirements have is printed once") {
    RequirementVerdict first;
    first.id = "first";
    first.reason = "no document has a measurement that this requirement could look at";
    first.reason_code = "missing";
    RequirementVerdict second = first;
    second.id = "second";
    const std::string text = to_text(summarise("p", {first, second}), false);
    CHECK(text.find(first.reason) == text.rfind(first.reason));
    CHECK(text.find("second       as for first\n") != std::string::npos);
  }

  TEST_CASE("colour changes nothing but colour") {
    std::string coloured = to_text(sick_node(), true);
    CHECK(coloured.find("\x1b[1;31mfail") != std::string::npos);
    for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
      coloured.erase(at, coloured.find('m', at) + 1 - at);
    }
    CHECK(coloured == to_text(sick_node(), false));
  }
}

}  // namespace assay::test
