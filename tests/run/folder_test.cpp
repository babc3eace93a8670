// Where the documents of a run go, and what is refused before anything is measured.
#include "harness/run/folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay::run {

namespace {

namespace fs = std::filesystem;

/// Whether somebody who owns nothing of the folder may have it as a run's.
bool is_taken_by_another_user(const fs::path& folder) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(2);
    const std::string refused = test::refusal([&] { folder_places(folder, 0, true); });
    _exit(refused.starts_with("cannot write into the folder") ? 1 : refused.empty() ? 0 : 2);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 2);
  return WEXITSTATUS(status) == 0;
}

void make_folder(const fs::path& folder, bool is_open) {
  fs::create_directories(folder);
  fs::permissions(folder, is_open ? fs::perms::all
                                  : fs::perms::group_read | fs::perms::group_exec |
                                        fs::perms::others_read | fs::perms::others_exec);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("documents are named by their profile and a second of UTC") {
    const std::string folder = default_folder("node").string();
    REQUIRE(folder.size() == std::string("assay-node-20261123T174000Z").size());
    std::string pattern = folder;
    std::replace_if(
        pattern.begin(), pattern.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
    CHECK(pattern == "assay-node-00000000T000000Z");
    CHECK(default_file("node").string().ends_with("Z.json"));
  }

  TEST_CASE("a rank's document has its number and its node in a folder that is made") {
    const test::ScratchFolder scratch;
    const DocumentPlaces places = folder_places(scratch / "run", 7, false);
    CHECK(places.node.parent_path() == scratch / "run/nodes");
    CHECK(places.node.filename().string().starts_with("rank0007-"));
    CHECK(places.node.extension() == ".json");
    CHECK(places.between_ranks == scratch / "run/fabric.json");
    CHECK(places.taken.empty());
    CHECK(fs::is_directory(scratch / "run/nodes"));
    CHECK(test::refusal([] { folder_places("-", 0, false); }).starts_with("-o - is for one"));
  }

  TEST_CASE("a folder that cannot be written is refused wherever that is") {
    for (const bool is_outer_open : {false, true})
      for (const bool is_inner_open : {false, true}) {
        CAPTURE(is_outer_open);
        CAPTURE(is_inner_open);
        const test::ScratchFolder scratch;
        make_folder(scratch.path(), true);
        make_folder(scratch / "run/nodes", is_inner_open);
        make_folder(scratch / "run", is_outer_open);
        CHECK(is_taken_by_another_user(scratch / "run") == (is_outer_open && is_inner_open));
        make_folder(scratch / "run", true);  // else nobody may remove it
      }
    const test::ScratchFolder scratch;
    make_folder(scratch.path(), false);
    CHECK_FALSE(is_taken_by_another_user(scratch / "run"));
    make_folder(scratch.path(), true);
  }
}

}  // namespace assay::run
