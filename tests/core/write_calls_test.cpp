// Durability, by the system calls that are made: after a crash there is the old file or the new
// one.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace {

std::vector<std::string> calls;  // of the test that watches
bool watched = false;
std::string failing;  // this call fails with EIO

bool note(const std::string& call) {
  if (watched) calls.push_back(call);
  if (!watched || call != failing) return true;
  errno = EIO;
  return false;
}

std::string kind_of(int descriptor) {
  struct stat status = {};
  fstat(descriptor, &status);
  return S_ISDIR(status.st_mode) ? "folder" : "file of " + std::to_string(status.st_size);
}

}  // namespace

// In place of the C library's for this whole executable.
extern "C" int fsync(int descriptor) {
  if (!note("fsync " + kind_of(descriptor))) return -1;
  return static_cast<int>(syscall(SYS_fsync, descriptor));
}

extern "C" int rename(const char* from, const char* to) noexcept {
  if (!note("rename")) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

namespace assay {

namespace {

struct Watch {
  explicit Watch(const std::string& fails = "") {
    calls.clear();
    failing = fails;
    watched = true;
  }
  ~Watch() { watched = false; }
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a file is flushed whole before it gets its name and its folder after that") {
    const test::ScratchFolder folder;
    const Watch watch;
    write_text("12345", folder / "a.json");
    CHECK(calls == std::vector<std::string>{"fsync file of 5", "rename", "fsync folder"});
  }

  TEST_CASE("what could not be flushed or named replaces nothing and is said") {
    const test::ScratchFolder folder;
    write_text("old", folder / "a.json");
    for (const std::string call : {"fsync file of 5", "rename"}) {
      CAPTURE(call);
      std::string said;
      {
        const Watch watch(call);
        said = test::refusal([&] { write_text("12345", folder / "a.json"); });
      }
      CHECK(said.find("cannot write") != std::string::npos);
      CHECK(said.find("Input/output error") != std::string::npos);
      CHECK(read_text(folder / "a.json") == "old");
    }
    std::string said;
    {
      const Watch watch("fsync folder");
      said = test::refusal([&] { write_text("12345", folder / "a.json"); });
    }
    CHECK(said.find("flushing its folder") != std::string::npos);
  }
}

}  // namespace assay
