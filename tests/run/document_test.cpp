// The document of a run on a disk that fills up.
#include "harness/run/document.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/run/machine.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"
#include "tests/kernels/small_host.h"
#include "tests/not_run.h"

namespace assay::run {

namespace {

constexpr int kMayNotMount = 77;
constexpr std::size_t kPage = 4096;

Result running() {
  Devices devices;
  devices.push_back(std::make_unique<test::SmallHost>());
  Result result = new_result(load_profile("quick"), 1, {"assay", "run"}, "1.0");
  set_backend(result, Backend::host);
  record_machine(result, Backend::host, devices);
  for (DeviceFacts& device : result.nodes.front().devices) device.name = device.uuid = "small";
  return result;
}

/// In a child that alone sees a disk of so many pages at the folder.
int on_small_disk(const test::ScratchFolder& folder, std::size_t pages,
                  const std::function<int()>& act) {
  const pid_t child = fork();
  if (child == 0) {
    const std::string size = "size=" + std::to_string(pages * kPage);
    if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", folder.path().c_str(), "tmpfs", 0, size.c_str()) != 0)
      _exit(kMayNotMount);
    _exit(act());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::size_t pages_of(const Result& result) {
  return document_text(to_json(result), DocumentKind::result, "r.json").size() / kPage + 1;
}

void fill(const std::filesystem::path& folder) {
  std::ofstream filler(folder / "filler", std::ios::binary);
  while (filler << std::string(kPage, 'x') << std::flush) {
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("how a run ended has room on a disk that has none for what it would measure") {
    const test::ScratchFolder folder;
    const Result result = running();
    // For the document, for it once more with the last words, and for 64 KiB of measurements not.
    const int code = on_small_disk(folder, 2 * pages_of(result) + 8, [&] {
      RunDocument document(folder / "r.json", result);
      if (test::refusal([&] { document.write(); }).find("No space left") == std::string::npos)
        return 1;
      fill(folder.path());
      document.fail("a reason");
      const Json written = parse_json(read_text(folder / "r.json"), "r.json");
      return written["status"] == "error" && written["error"] == "a reason" ? 0 : 2;
    });
    if (code == kMayNotMount) test::not_run("mounting a small disk needs root");
    CHECK(code == 0);
  }

  TEST_CASE("a run whose disk fills up while it measures still writes what it measured") {
    const test::ScratchFolder folder;
    const Result result = running();
    constexpr std::size_t kRoomy = 512;
    const int code = on_small_disk(folder, kRoomy, [&] {
      RunDocument document(folder / "r.json", result);
      document.write();
      fill(folder.path());
      document.result().software["measured"] = std::string(4000, 'x');
      document.set_end(RunStatus::complete);
      document.write();
      const Json written = parse_json(read_text(folder / "r.json"), "r.json");
      return written["status"] == "complete" && written["software"].contains("measured") ? 0 : 2;
    });
    if (code == kMayNotMount) test::not_run("mounting a small disk needs root");
    CHECK(code == 0);
  }
}

}  // namespace assay::run
