// The stream of results: whole or refused.
#include "harness/cluster/archive.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

namespace fs = std::filesystem;

void fill(const fs::path& folder) {
  fs::create_directories(folder / "nodes");
  write_text("fabric\n", folder / "fabric.json");
  write_text(std::string(70000, 'x'), folder / "nodes/rank0000-a.json");
  write_text("", folder / "nodes/empty.json");
  write_text("0\n", folder / ".ended");
}

std::string why_refused(const std::string& archive, const fs::path& folder) {
  try {
    cluster::unpack(archive, folder);
  } catch (const Error& error) {
    CHECK_FALSE(fs::exists(folder));
    return error.what();
  }
  return "taken";
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a folder comes out as it went in but for hidden files") {
    const ScratchFolder scratch;
    fill(scratch.path() / "in");
    cluster::unpack(cluster::pack(scratch.path() / "in"), scratch.path() / "out");
    CHECK(read_text(scratch.path() / "out/fabric.json") == "fabric\n");
    CHECK(read_text(scratch.path() / "out/nodes/rank0000-a.json") == std::string(70000, 'x'));
    CHECK(read_text(scratch.path() / "out/nodes/empty.json").empty());
    CHECK_FALSE(fs::exists(scratch.path() / "out/.ended"));
    CHECK_FALSE(fs::exists(scratch.path() / "out/SHA256SUMS"));
  }

  TEST_CASE("what is no folder is refused by name") {
    const ScratchFolder scratch;
    write_text("", scratch.path() / "file");
    for (const char* name : {"none", "file"}) {
      const fs::path path = scratch.path() / name;
      CHECK_THROWS_WITH_AS(
          cluster::pack(path),
          ("cannot archive " + path.string() + ": it is no folder of results").c_str(), Error);
    }
  }

  TEST_CASE("a stream that was cut anywhere is refused and writes nothing") {
    const ScratchFolder scratch;
    fill(scratch.path() / "in");
    const std::string whole = cluster::pack(scratch.path() / "in");
    for (std::size_t size = 0; size < whole.size() - 1024; size += 509) {
      INFO(size);
      CHECK(why_refused(whole.substr(0, size), scratch.path() / "out").find("not whole") !=
            std::string::npos);
    }
  }

  TEST_CASE("a flipped byte and a name that leads out are refused") {
    const ScratchFolder scratch;
    fill(scratch.path() / "in");
    std::string flipped = cluster::pack(scratch.path() / "in");
    flipped[flipped.find("xxxx")] = 'y';
    CHECK(why_refused(flipped, scratch.path() / "out").find("SHA-256 differs") !=
          std::string::npos);
    std::string climbing = cluster::pack(scratch.path() / "in");
    climbing.replace(climbing.find("fabric.json"), 11, "../abric.js");
    CHECK(why_refused(climbing, scratch.path() / "out") != "taken");
  }

  TEST_CASE("only names of files inside the folder are taken and none is a folder too") {
    const ScratchFolder scratch;
    const auto why = [&](const cluster::Files& files) {
      return why_refused(cluster::pack(files), scratch.path() / "out");
    };
    for (const char* name :
         {"/a", "..", "../a", "a/../b", "a/..", ".", "./a", "a/", "a//b", "a/."}) {
      CAPTURE(name);
      CHECK(why({{name, "text"}}).find("no place inside a folder") != std::string::npos);
    }
    CHECK(why({{"a", ""}, {"a-", ""}, {"a/b", ""}}).find("as a file and as a folder") !=
          std::string::npos);
    CHECK(why({{"nodes/a", ""}, {"nodes/..a", ""}, {"..b", ""}}) == "taken");
  }
}

}  // namespace assay::test
