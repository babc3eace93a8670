// Help for people: every command has a manual page, and every flag is in it.
#include <doctest/doctest.h>

#include <sstream>

#include "tests/cli/workplace.h"

namespace assay::test {

TEST_SUITE("integration") {
  TEST_CASE("every command prints a manual page with its sections in order") {
    const Workplace workplace;
    for (const std::string command :
         {"run", "check", "report", "list", "devices", "import", "validate", "version"}) {
      CAPTURE(command);
      const Outcome page = workplace.assay({command, "--help"});
      CHECK(page.exit_code == 0);
      CHECK(page.err == "");
      std::size_t position = 0;
      for (const char* heading :
           {"NAME\n", "SYNOPSIS\n", "DESCRIPTION\n", "OPTIONS\n", "EXIT STATUS\n", "EXAMPLES\n"}) {
        CAPTURE(heading);
        const auto found = page.out.find(heading, position);
        CHECK(found != std::string::npos);
        position = found;
      }
      CHECK(workplace.assay({"help", command}).out == page.out);
      std::istringstream lines(page.out);
      for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
    }
  }

  TEST_CASE("the overview names every command and its first example works as printed") {
    const Workplace workplace;
    const Outcome overview = workplace.assay({"help"});
    CHECK(overview.exit_code == 0);
    for (const char* command :
         {"run", "check", "report", "list", "devices", "import", "validate", "version"})
      CHECK(contains(overview.out, std::string("\n  ") + command));
    CHECK(workplace.assay({"--help"}).out == overview.out);
  }

  TEST_CASE("help wins over a wrong flag beside it") {
    const Workplace workplace;
    CHECK(workplace.assay({"run", "--bad", "--help"}).exit_code == 0);
  }

  TEST_CASE("list and devices and version print text for people and JSON for programs") {
    const Workplace workplace;
    CHECK(contains(workplace.assay({"list"}).out, "openblas"));
    const auto list = nlohmann::json::parse(workplace.assay({"list", "--format", "json"}).out);
    CHECK(list["implementations"].size() >= 6);
    const Outcome cases = workplace.assay({"list", "--profile", "quick", "--format", "json"});
    INFO(cases.err);
    const auto quick = nlohmann::json::parse(cases.out);
    CHECK(quick["profile"] == "quick");
    CHECK(quick["cases"].size() >= 12);
    for (const auto& one : quick["cases"])
      CHECK((one["applicable"] == true || one["reason"].get<std::string>() != ""));
    const Outcome devices = workplace.assay({"devices"});
    CHECK(contains(devices.out, "host 0: "));
    CHECK(contains(devices.out, "cuda"));
    CHECK(contains(workplace.assay({"version"}).out, "assay "));
    CHECK(workplace.assay({"--version"}).out == workplace.assay({"version"}).out);
  }
}

}  // namespace assay::test
