// Places that cannot take the document: full, limited, not writable, or taken by another run.
#include <doctest/doctest.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

constexpr std::uintmax_t kPage = 4096;  // what tmpfs counts in
constexpr uid_t kNobody = 65534;
// RFC 8032, section 7.1, test 2.
constexpr const char* kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kPublicKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n";

/// Root may read and write anywhere, so another user must try.
void become_nobody() {
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) != 0 || setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(99);
}

std::vector<std::string> tiny_run_into(const std::string& output) {
  return {"run", "--profile", profile_path("tiny"), "--backend", "host", "-o", output};
}

std::vector<std::string> long_run(const std::string& output) {
  return {"run", "--profile", profile_path("long"), "--backend", "host", "-o", output};
}

std::uintmax_t whole_size(const Workplace& workplace) {
  const Outcome outcome = workplace.assay(tiny_run_into("whole.json"));
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
  const auto size = std::filesystem::file_size(workplace.path("whole.json"));
  REQUIRE(size > 3 * kPage);  // else the last write would not be the one that fails
  return size;
}

/// The run ended in one line, and what it had written before is still there and whole.
void kept_the_last_whole_document(const Workplace& workplace, const Outcome& outcome,
                                  const std::string& document, const std::string& named) {
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 2);
  CHECK(is_one_line(outcome.err));
  CHECK(contains(outcome.err, document));
  CHECK(contains(outcome.err, named));
  REQUIRE(std::filesystem::exists(workplace.path(document)));
  CHECK(workplace.assay({"validate", document}).exit_code == 0);
  CHECK(read_json(workplace.path(document))["status"] != "complete");
}

/// A mount that only this process and its children see, in the workplace's folder `disk`.
class SmallDisk {
 public:
  explicit SmallDisk(std::uintmax_t bytes) {
    if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      not_run("mounting a small disk needs root");
    std::filesystem::create_directory(folder_);
    const std::string options = "size=" + std::to_string(bytes);
    REQUIRE(mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) == 0);
  }
  ~SmallDisk() { umount(folder_.c_str()); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// To the last page.
  void fill() const {
    std::ofstream filler(folder_ / "filler", std::ios::binary);
    while (filler << std::string(kPage, 'x') << std::flush) {
    }
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  const Workplace workplace;

 private:
  const std::filesystem::path folder_ = workplace.path("disk");
};

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a disk too small for the next group ends the run in one line before it is measured") {
    SmallDisk disk(12 * kPage);
    const Outcome outcome = disk.workplace.assay(tiny_run_into("disk/result.json"));
    kept_the_last_whole_document(disk.workplace, outcome, "disk/result.json", "No space left");
    CHECK(read_json(disk.workplace.path("disk/result.json"))["measurements"].empty());
    CHECK(disk.files() == std::vector<std::string>{"result.json"});
  }

  TEST_CASE("a disk that fills up midway leaves every group that was measured") {
    SmallDisk disk(4 << 20);
    const auto document = disk.workplace.path("disk/result.json");
    Process process(disk.workplace.launch(tiny_run_into("disk/result.json")));
    REQUIRE(appears(document));
    disk.fill();
    const Outcome outcome = process.wait();
    CHECK_MESSAGE(outcome.exit_code == 0, outcome.err);
    CHECK(read_json(document)["status"] == "complete");
    CHECK(disk.files() == std::vector<std::string>{"filler", "result.json"});
  }

  TEST_CASE("a file size limit reached midway ends like a full disk") {
    const Workplace workplace;
    const auto size = whole_size(workplace);
    Launch launch = workplace.launch(tiny_run_into("result.json"));
    launch.in_child = [size] {
      const rlimit limit = {size * 6 / 10, size * 6 / 10};
      setrlimit(RLIMIT_FSIZE, &limit);
    };
    const Outcome outcome = run_process(launch);
    kept_the_last_whole_document(workplace, outcome, "result.json",
                                 "File too large; raise ulimit -f");
    CHECK(workplace.leftovers().empty());
  }

  TEST_CASE("a disk that is full from the start ends in one line") {
    const Workplace workplace;
    const Outcome outcome = workplace.assay(tiny_run_into("/dev/full"));
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "/dev/full"));
  }

  TEST_CASE("a folder that is not writable ends in one line before anything is measured") {
    const Workplace workplace;
    const auto locked = workplace.path("locked");
    std::filesystem::create_directory(locked);
    chmod(locked.c_str(), 0555);
    Launch launch = workplace.launch(long_run("result.json"));
    launch.folder = locked;
    launch.in_child = become_nobody;
    // Nobody can read a profile of this checkout, perhaps: a built-in one then.
    launch.words[2] = "quick";
    const Outcome outcome = run_process(launch);
    if (outcome.exit_code == 99) not_run("this user may not become another");
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "result.json"));
    CHECK(contains(outcome.err, "not writable"));
  }

  TEST_CASE("a folder below that cannot be read is refused in one line that names it") {
    const Workplace workplace;
    chmod(workplace.folder().c_str(), 0755);
    const auto locked = workplace.path("in/locked");
    std::filesystem::create_directories(locked);
    std::ofstream(workplace.path("in/a.json")) << "{}";
    std::ofstream(workplace.path("key.pem")) << kKey;
    std::ofstream(workplace.path("public.pem")) << kPublicKey;
    REQUIRE(workplace.assay({"sign", "in", "--key", "key.pem", "-o", "e.json"}).exit_code == 0);
    chmod(locked.c_str(), 0);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"sign", "in", "--key", "key.pem", "-o", "-"},
          {"verify", "in", "--signature", "e.json", "--key", "public.pem"},
          {"validate", "in"},
          {"validate", "in/locked"}}) {
      Launch launch = workplace.launch(words);
      launch.in_child = become_nobody;
      const Outcome outcome = run_process(launch);
      if (outcome.exit_code == 99) not_run("this user may not become another");
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 2);
      CHECK(is_one_line(outcome.err));
      CHECK(contains(outcome.err, "cannot read the folder in/locked: Permission denied"));
    }
    chmod(locked.c_str(), 0755);
  }

  TEST_CASE("the second of two runs at once ends in one line that names the first") {
    const Workplace workplace;
    Process first(workplace.launch(long_run("first.json")));
    REQUIRE(appears(workplace.path("first.json")));
    const Outcome second = workplace.assay(tiny_run_into("second.json"));
    CAPTURE(second.err);
    CHECK(second.exit_code == 2);
    CHECK(is_one_line(second.err));
    CHECK(contains(second.err, "PID " + std::to_string(first.pid()) + ":"));
    CHECK_FALSE(std::filesystem::exists(workplace.path("second.json")));
    CHECK(first.running());

    first.send(SIGKILL);  // the lock goes with its holder, however it goes
    first.wait();
    CHECK(workplace.assay(tiny_run_into("third.json")).exit_code == 0);
  }

  TEST_CASE("a second run into the same file leaves the first one's document alone") {
    const Workplace workplace;
    Process first(workplace.launch(long_run("result.json")));
    REQUIRE(appears(workplace.path("result.json")));
    const std::string before = read_json(workplace.path("result.json"))["run"]["id"];
    CHECK(workplace.assay(tiny_run_into("result.json")).exit_code == 2);
    CHECK(read_json(workplace.path("result.json"))["run"]["id"] == before);
    first.send(SIGKILL);
  }

  TEST_CASE("a lock that cannot be made ends in one line") {
    const Workplace workplace;
    Launch launch = workplace.launch(tiny_run_into("result.json"));
    launch.environment["ASSAY_LOCK_DIR"] = (workplace.path("absent") / "locks").string();
    const Outcome outcome = run_process(launch);
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "ASSAY_LOCK_DIR"));
    CHECK_FALSE(std::filesystem::exists(workplace.path("absent")));
  }

  TEST_CASE("a folder of locks that is not there yet is made for every user") {
    const Workplace workplace;
    const std::string locks = workplace.path("locks").string();
    Launch launch = workplace.launch(tiny_run_into("result.json"));
    launch.environment["ASSAY_LOCK_DIR"] = locks;
    const Outcome outcome = run_process(launch);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    struct stat folder {};
    REQUIRE(stat(locks.c_str(), &folder) == 0);
    CHECK((folder.st_mode & 07777) == 01777);
  }
}

}  // namespace assay::test
