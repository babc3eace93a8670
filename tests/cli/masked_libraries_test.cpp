// What a machine lacks or configures its own way: nothing of NVIDIA's, an OpenSSL without
// algorithms.
#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

/// Hides what the loader and our own search could find, for this process and its children.
void mask_nvidia_libraries() {
  if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    not_run("hiding NVIDIA's libraries needs root");
  for (const auto& entry : std::filesystem::directory_iterator("/usr/local"))
    if (entry.is_directory() && !entry.is_symlink() &&
        entry.path().filename().string().rfind("cuda", 0) == 0)
      REQUIRE(mount("tmpfs", entry.path().c_str(), "tmpfs", 0, "size=64k") == 0);
  // With an empty cache the loader looks into its own folders only, and none of them has NVIDIA's.
  if (std::filesystem::exists("/etc/ld.so.cache"))
    REQUIRE(mount("/dev/null", "/etc/ld.so.cache", nullptr, MS_BIND, nullptr) == 0);
}

// In functions of their own, so that their folders are gone when a test ends as not run.
bool has_cuda_parts() { return contains(Workplace().assay({"version"}).out, "built in"); }
bool sees_no_driver() { return contains(Workplace().assay({"devices"}).out, "cuda: none"); }

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("with every NVIDIA library masked the cuda build starts and measures the host") {
    if (!has_cuda_parts()) not_run("this build has no CUDA parts");
    if (!sees_no_driver()) not_run("this machine has a CUDA driver");
    mask_nvidia_libraries();
    const Workplace workplace;
    const Outcome run = workplace.assay(
        {"run", "--profile", profile_path("tiny"), "--backend", "auto", "-o", "result.json"});
    INFO(run.err);
    CHECK(run.exit_code == 0);
    CHECK(read_json(workplace.path("result.json"))["run"]["backend"] == "host");
    const Outcome cuda = workplace.assay({"run", "--profile", "quick", "--backend", "cuda"});
    CHECK(cuda.exit_code == 3);
    CHECK(is_one_line(cuda.err));
    CHECK(contains(cuda.err, "libcuda.so.1"));
    CHECK(workplace.assay({"version"}).exit_code == 0);
    CHECK(workplace.assay({"list", "--profile", "quick"}).exit_code == 0);
  }

  TEST_CASE("a system that configures OpenSSL without algorithms does not stop a run") {
    const Workplace workplace;
    write_text_file(workplace.path("openssl.cnf"),
                    "openssl_conf = start\n[start]\nproviders = providers\n"
                    "[providers]\nnull = nothing\n[nothing]\nactivate = 1\n");
    Launch launch = workplace.launch({"list", "--profile", "quick"});  // it hashes the profile
    launch.environment["OPENSSL_CONF"] = workplace.path("openssl.cnf");
    const Outcome outcome = run_process(launch);
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
  }
}

}  // namespace assay::test
