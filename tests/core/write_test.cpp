// Writing is all or nothing: a full disk, a folder that may not be written, a process killed.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>

#include "harness/core/document.h"
#include "harness/core/plain_text.h"
#include "harness/core/room.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay {

namespace {

namespace fs = std::filesystem;
using test::refusal;
using test::ScratchFolder;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// Runs `action` in a process of its own; returns its exit code, or 128 and the signal.
template <class Action>
int in_child(const Action& action) {
  const pid_t child = fork();
  if (child == 0) _exit(action());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A file size limit fails a write as a full disk does: part of it is written, then an error.
void allow_files_of(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a file may have a name of any length that its folder takes") {
    const ScratchFolder folder;
    for (const std::size_t size : {240, 249, 250, 253, 254, 255}) {
      for (const std::string letter : {"n", "\u00e9", "\u2603"}) {
        std::string name = "x";
        while (name.size() + letter.size() <= size) name += letter;
        write_text(name, folder / name);
        CHECK(read_text(folder / name) == name);
        CHECK(names_in(folder.path()) == std::set<std::string>{name});
        Room(folder / name, 1 << 20).take("taken");
        CHECK(read_text(folder / name) == "taken");
        fs::remove(folder / name);
      }
    }
    CHECK(refusal([&] {
            write_text("text", folder / std::string(256, 'n'));
          }).find("File name too long") != std::string::npos);
  }

  TEST_CASE("what a killed writer leaves is text of whole characters") {
    const ScratchFolder folder;
    std::string name;
    while (name.size() < 254) name += "\u00e9";
    const auto be_killed = [&]() noexcept -> int {
      const Room room(folder / name, 0);
      _exit(0);
    };
    CHECK(in_child(be_killed) == 0);
    const std::set<std::string> left = names_in(folder.path());
    REQUIRE(left.size() == 1);
    CHECK(plain_line(*left.begin()) == *left.begin());
    CHECK(left.begin()->ends_with(".tmp"));
  }

  TEST_CASE("a file is written whole and nothing else is left beside it") {
    const ScratchFolder folder;
    write_text("one", folder / "a file.json");
    CHECK(read_text(folder / "a file.json") == "one");
    write_text("two", folder / "a file.json");
    CHECK(read_text(folder / "a file.json") == "two");
    CHECK(names_in(folder.path()) == std::set<std::string>{"a file.json"});
  }

  TEST_CASE("the mode follows the umask and a symbolic link stays one") {
    const ScratchFolder folder;
    const mode_t before = umask(027);
    write_text("x", folder / "target");
    umask(before);
    struct stat facts {};
    REQUIRE(stat((folder / "target").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0640);
    fs::create_symlink("target", folder / "link");
    write_text("y", folder / "link");
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(read_text(folder / "target") == "y");
  }

  TEST_CASE("links are followed as far as the kernel follows them") {
    const ScratchFolder folder;
    fs::create_symlink("target", folder / "link1");
    for (int i = 2; i <= 41; ++i)
      fs::create_symlink("link" + std::to_string(i - 1), folder / ("link" + std::to_string(i)));
    CHECK(behind_links(folder / "link1") == folder / "target");
    CHECK(behind_links(folder / "link40") == folder / "target");
    CHECK(refusal([&] {
            behind_links(folder / "link41");
          }).find("following its links: Too many levels of symbolic links") != std::string::npos);
    write_text("x", folder / "link40");
    CHECK(read_text(folder / "target") == "x");
    CHECK(fs::is_symlink(folder / "link40"));
    fs::create_symlink("itself", folder / "itself");
    CHECK(refusal([&] { write_text("x", folder / "itself"); }).find("Too many levels") !=
          std::string::npos);
  }

  TEST_CASE("a disk that fills up costs neither the old file nor a trace") {
    const ScratchFolder folder;
    write_text("the last whole one", folder / "r.json");
    const int code = in_child([&] {
      allow_files_of(4096);
      const std::string said =
          refusal([&] { write_text(std::string(100000, 'x'), folder / "r.json"); });
      return said.find("r.json") != std::string::npos && said.find('\n') == std::string::npos ? 0
                                                                                              : 1;
    });
    CHECK(code == 0);
    CHECK(read_text(folder / "r.json") == "the last whole one");
    CHECK(names_in(folder.path()) == std::set<std::string>{"r.json"});
  }

  TEST_CASE("room that was kept takes what a full disk would not") {
    const ScratchFolder folder;
    write_text("old", folder / "r.json");
    {
      Room room(folder / "r.json", 1 << 20);
      CHECK(read_text(folder / "r.json") == "old");
      room.take("new");
    }
    CHECK(read_text(folder / "r.json") == "new");
    CHECK(fs::file_size(folder / "r.json") == 3);
    { const Room unused(folder / "r.json", 1 << 20); }
    CHECK(names_in(folder.path()) == std::set<std::string>{"r.json"});
  }

  TEST_CASE("room that cannot be kept is refused before there is anything to write") {
    const ScratchFolder folder;
    const int code = in_child([&] {
      allow_files_of(4096);
      const std::string said = refusal([&] { const Room room(folder / "r.json", 100000); });
      return said.find("keeping 98 KiB for it") != std::string::npos ? 0 : 1;
    });
    CHECK(code == 0);
    CHECK(names_in(folder.path()).empty());
  }

  TEST_CASE("a place that cannot be written is named with what to do") {
    const ScratchFolder folder;
    const auto says = [&](const fs::path& path) { return refusal([&] { write_text("x", path); }); };
    CHECK(says(folder / "no/such/r.json").find("create the folder first") != std::string::npos);
    CHECK(says(folder.path()).find("it is a folder") != std::string::npos);
    write_text("x", folder / "file");
    CHECK(says(folder / "file/r.json").find("Not a directory") != std::string::npos);
    CHECK(says("/proc/r.json").find("cannot write /proc/r.json") != std::string::npos);
  }

  TEST_CASE("a folder without write permission is refused in one line") {
    const ScratchFolder folder;
    fs::permissions(folder.path(), fs::perms(0555));
    const int code = in_child([&] {
      constexpr uid_t kNobody = 65534;
      if (geteuid() == 0 && setuid(kNobody) != 0) return 2;  // root may write everywhere
      const std::string said = refusal([&] { write_text("x", folder / "r.json"); });
      return said.find("choose a folder that you may write to") != std::string::npos ? 0 : 1;
    });
    fs::permissions(folder.path(), fs::perms::owner_all);
    CHECK(code == 0);
  }

  TEST_CASE("a temporary file left by a killed process is neither read nor in the way") {
    const ScratchFolder folder;
    const std::string leftover = ".r.json." + std::to_string(getpid()) + ".tmp";
    std::ofstream(folder / leftover) << "{\"kind\": \"assay.res";
    write_text("new", folder / "r.json");
    CHECK(names_in(folder.path()) == std::set<std::string>{"r.json", leftover});
    CHECK(read_text(folder / leftover) == "{\"kind\": \"assay.res");
    CHECK(expand_paths({folder.path().string()}) == std::vector<fs::path>{folder / "r.json"});
  }

  TEST_CASE("what is no regular file is written through and not replaced") {
    write_text("gone", "/dev/null");
    CHECK(fs::is_character_file("/dev/null"));
    CHECK(refusal([] { write_text("x", "/dev/full"); }).find("free some space") !=
          std::string::npos);
  }
}

TEST_SUITE("property") {
  TEST_CASE("a writer killed at any moment leaves the last whole document") {
    const ScratchFolder folder;
    const std::string a(300000, 'a'), b(300000, 'b');
    write_text(a, folder / "r.json");
    for (int round = 0; round < 40; ++round) {
      const pid_t child = fork();
      if (child == 0) {
        for (int i = 0;; ++i) write_text(i % 2 == 0 ? b : a, folder / "r.json");
      }
      usleep(static_cast<useconds_t>(200 + 317 * round % 6000));
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
      const std::string text = read_text(folder / "r.json");
      CHECK((text == a || text == b));
    }
    CHECK(expand_paths({folder.path().string()}).size() == 1);
  }
}

}  // namespace assay
