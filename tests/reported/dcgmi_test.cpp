// Kinds of output of dcgmi diag that people posted in public, reduced to what is particular in
// them.
#include <doctest/doctest.h>

#include "harness/reported/import.h"

namespace assay::reported {

namespace {

Source diagnosed(const std::string& text) { return {"out", "out", text, "", std::nullopt}; }

std::vector<std::string> told(const Result& result) {
  std::vector<std::string> lines;
  for (const ReportedCheck& one : result.imported->checks)
    lines.push_back(one.name + ' ' + one.subject + ' ' + one.status + ": " + one.detail);
  return lines;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a failure of a whole test of DCGM 4 is kept beside its results") {
    const Result result = import_dcgmi(diagnosed(R"({"DCGM Diagnostic": {"test_categories": [
        {"category": "Hardware", "tests": [{"name": "memory",
         "results": [{"entity_group": "GPU", "entity_id": 0, "status": "Pass"}],
         "test_summary": {"status": "Fail", "warnings": [{"warning": "It crashed."}]}},
        {"name": "pcie", "results": [{"entity_group": "GPU", "entity_id": 0, "status": "Fail"}],
         "test_summary": {"status": "Fail"}}]}]}})"));
    std::vector<std::string> lines;
    for (const ReportedCheck& one : result.imported->checks)
      lines.push_back(one.name + ' ' + one.subject + ' ' + one.status + ' ' + one.detail);
    CHECK(lines == std::vector<std::string>{"memory unstated/device0 pass ",
                                            "memory unstated fail It crashed.",
                                            "pcie unstated/device0 fail "});
  }

  TEST_CASE("an explanation of dcgmi is of the device that it names") {
    const Result result = import_dcgmi(diagnosed(
        "|-----  Hardware  ----------+------------------------------------------------|\n"
        "| memory                    | Fail                                           |\n"
        "|                           | GPU0: Fail                                     |\n"
        "|                           | GPU1: Pass                                     |\n"
        "| Warning: GPU0             | A row of memory                                |\n"
        "|                           | gave other bits.                               |\n"
        "| Info: GPU1                | 80 GB were used.                               |\n"
        "| pcie                      | Fail - GPU: 0, 1                               |\n"
        "| Warning                   | GPU 0 The link is slow.                        |\n"));
    std::vector<std::string> lines;
    for (const ReportedCheck& one : result.imported->checks)
      lines.push_back(one.name + ' ' + one.subject + ": " + one.detail);
    CHECK(lines ==
          std::vector<std::string>{
              "memory unstated: ", "memory unstated/device0: A row of memory gave other bits.",
              "memory unstated/device1: 80 GB were used.",
              "pcie unstated/device0: GPU 0 The link is slow.", "pcie unstated/device1: "});
  }

  TEST_CASE("an error of a section of dcgmi diag is a failure of its own") {
    const Result result = import_dcgmi(diagnosed(
        "|-----  Deployment  --------+------------------------------------------------|\n"
        "| Error                     | GPU 3 has uncorrectable memory errors and row  |\n"
        "|                           |  remappings are pending                        |\n"
        "| Denylist                  | Pass                                           |\n"
        "| Persistence Mode          | Fail                                           |\n"
        "| Error                     | Persistence mode for GPU 0 is currently disab  |\n"
        "|                           | led.                                           |\n"
        "| Inforom                   | Pass                                           |\n"
        "| Error                     | A file is broken.                              |\n"));
    CHECK(told(result) ==
          std::vector<std::string>{
              "Error unstated fail: GPU 3 has uncorrectable memory errors and row remappings are "
              "pending",
              "Denylist unstated pass: ",
              "Persistence Mode unstated fail: Persistence mode for GPU 0 is currently disabled.",
              "Inforom unstated pass: ", "Error unstated fail: A file is broken."});
  }

  TEST_CASE("a text that dcgmi cut within words is joined without blanks") {
    const Result result = import_dcgmi(diagnosed(
        "| Targeted Power            | Fail - GPU: 0                                  |\n"
        "| Warning                   | GPU 0 Thermal violations totaling 13.3 second  |\n"
        "|                           | s started at 9.7 seconds into the test for GP  |\n"
        "|                           | U 0 Verify that the cooling on this machine    |\n"
        "|                           | is functional.                                 |\n"));
    CHECK(told(result) ==
          std::vector<std::string>{
              "Targeted Power unstated/device0 fail: GPU 0 Thermal violations "
              "totaling 13.3 seconds started at 9.7 seconds into the test for GPU 0 "
              "Verify that the cooling on this machine is functional."});
  }

  TEST_CASE("other tables of a log are no checks of dcgmi diag") {
    const std::string smi =
        "+-----------------------------------------------------------------------------+\n"
        "| NVIDIA-SMI 550.127.05             Driver Version: 550.127.05                 |\n"
        "|-------------------------------+----------------------+----------------------+\n"
        "| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |\n"
        "|   0  NVIDIA A40           On  | 00000000:4F:00.0 Off |                    0 |\n"
        "+-------------------------------+----------------------+----------------------+\n";
    const std::string border = "+---------------------------+----------------------------+\n";
    const Result result = import_dcgmi(
        diagnosed(smi + border + "| Diagnostic                | Result                     |\n" +
                  "+===========================+============================+\n" +
                  "|-----  Deployment  --------+----------------------------|\n" +
                  "| software                  | Pass                       |\n" +
                  "|                           | GPU0: Pass                 |\n" +
                  "|                           | CPU0: Skip                 |\n" + border + smi));
    CHECK(told(result) ==
          std::vector<std::string>{"software unstated pass: ", "software unstated/device0 pass: ",
                                   "software of CPU unstated skipped: "});
  }

  TEST_CASE("every iteration of dcgmi diag is read") {
    const Result result = import_dcgmi(diagnosed(R"({"iterations": [
        {"DCGM Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "memory",
          "results": [{"entity_group": "GPU", "entity_id": 0, "status": "Pass"}]}]}]},
         "metadata": {"version": "4.6.0"}},
        {"DCGM Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "memory",
          "results": [{"entity_group": "GPU", "entity_id": 0, "status": "Fail"}]}]}]}}],
        "Overall Result": "Fail"})"));
    CHECK(result.imported->version == "4.6.0");
    CHECK(told(result) == std::vector<std::string>{"memory unstated/device0 pass: ",
                                                   "memory unstated/device0 fail: "});
  }
}

}  // namespace assay::reported
