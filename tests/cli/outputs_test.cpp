// What commands write over, and what they leave alone.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/cli/workplace.h"
#include "tests/not_run.h"

namespace assay::test {

namespace {

std::vector<std::string> tiny_run(std::vector<std::string> more) {
  std::vector<std::string> words = {"run",  "--profile", profile_path("tiny"), "--backend",
                                    "host", "--filter",  "blocked/m32_"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void measured(const Workplace& workplace, const std::vector<std::string>& words) {
  const Outcome outcome = workplace.assay(words);
  CAPTURE(words);
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.err);
}

void refused(const Workplace& workplace, const std::vector<std::string>& words,
             const std::string& part) {
  const Outcome outcome = workplace.assay(words);
  CAPTURE(words);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 2);
  CHECK(is_one_line(outcome.err));
  CHECK(contains(outcome.err, part));
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a run replaces a result and nothing else unless forced") {
    const Workplace workplace;
    write_text_file(workplace.path("notes.json"), "dear diary\n");
    refused(workplace, tiny_run({"-o", "notes.json"}), "is not a result document");
    CHECK(read_text(workplace.path("notes.json")) == "dear diary\n");
    measured(workplace, tiny_run({"-o", "notes.json", "--force"}));
    const std::string first = read_json(workplace.path("notes.json"))["run"]["id"];
    measured(workplace, tiny_run({"-o", "notes.json"}));
    CHECK(read_json(workplace.path("notes.json"))["run"]["id"] != first);
  }

  TEST_CASE("a working folder that is gone is called that") {
    const Workplace workplace;
    for (const std::vector<std::string>& output : {std::vector<std::string>{}, {"-o", "x.json"}}) {
      CAPTURE(output);
      Launch launch = workplace.launch(tiny_run(output));
      launch.in_child = [] {
        if (mkdir("gone", 0700) != 0 || chdir("gone") != 0 || rmdir("../gone") != 0) _exit(1);
      };
      const Outcome outcome = run_process(launch);
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 2);
      CHECK(is_one_line(outcome.err));
      CHECK(contains(outcome.err, "the working folder cannot be found"));
    }
  }

  TEST_CASE("a run never writes over its profile or its own second output") {
    const Workplace workplace;
    const std::string profile = read_text(profile_path("tiny"));
    write_text_file(workplace.path("mine.json"), profile);
    const std::vector<std::string> run = {"run", "--profile", "./mine.json", "--backend", "host"};
    const auto with = [&](std::vector<std::string> more) {
      more.insert(more.begin(), run.begin(), run.end());
      return more;
    };
    refused(workplace, with({"-o", "mine.json", "--force"}), "mine.json is read or written");
    refused(workplace, with({"--benchmark-out", "mine.json", "--force"}), "mine.json is read");
    refused(workplace, with({"-o", "x.json", "--benchmark-out", "./x.json"}), "x.json is read");
    refused(workplace, with({"-o", "-", "--benchmark-out", "-"}), "standard output is read or");
    CHECK(read_text(workplace.path("mine.json")) == profile);
    CHECK(workplace.documents().size() == 1);
  }

  TEST_CASE("a check never writes over what it reads and replaces only a verdict of its format") {
    const Workplace workplace;
    measured(workplace, tiny_run({"-o", "result.json"}));
    const std::string before = read_text(workplace.path("result.json"));
    const auto check = [](std::vector<std::string> more) {
      std::vector<std::string> words = {"check", "result.json", "--profile", profile_path("tiny")};
      words.insert(words.end(), more.begin(), more.end());
      return words;
    };
    refused(workplace, check({"-o", "result.json"}), "result.json is read");
    refused(workplace, check({"-o", "./result.json", "--force"}), "result.json is read");
    refused(workplace, check({"--baseline", ".", "-o", "result.json", "--force"}), "is read");
    CHECK(read_text(workplace.path("result.json")) == before);
    for (const char* format : {"text", "json", "markdown"}) {
      CAPTURE(format);
      const std::string file = std::string("verdict.") + format;
      const auto to_file = check({"--format", format, "-o", file});
      CHECK(workplace.assay(to_file).exit_code == 1);  // a filtered run
      CHECK(workplace.assay(to_file).exit_code == 1);  // again: over the verdict
      write_text_file(workplace.path(file), "mine");
      refused(workplace, to_file, "exists and is not a verdict");
      CHECK(read_text(workplace.path(file)) == "mine");
    }
  }

  TEST_CASE("a single dash is standard output and gets the document once") {
    const Workplace workplace;
    const Outcome run = workplace.assay(tiny_run({"-o", "-"}));
    REQUIRE_MESSAGE(run.exit_code == 0, run.err);
    const auto document = nlohmann::json::parse(run.out);  // one document and nothing beside it
    CHECK(document["status"] == "complete");
    CHECK(contains(run.err, "gemm.f32.blocked/m32_n32_k32"));
    CHECK(workplace.documents().empty());
    CHECK(workplace.leftovers().empty());
    write_text_file(workplace.path("result.json"), run.out);
    const Outcome check = workplace.assay(
        {"check", "result.json", "--profile", profile_path("tiny"), "--format", "json", "-o", "-"});
    CHECK(nlohmann::json::parse(check.out)["kind"] == "assay.verdict");
  }

  TEST_CASE("a verdict as json names who judged and each file that it rests on by its digest") {
    const Workplace workplace;
    measured(workplace, tiny_run({"-o", "result.json"}));
    std::filesystem::copy(profile_path("tiny"), workplace.path("mine.json"));
    const auto verdict = [&] {
      return nlohmann::json::parse(
          workplace.assay({"check", "result.json", "--profile", "mine.json", "--format", "json"})
              .out);
    };
    const auto before = verdict();
    CHECK(contains(workplace.assay({"version"}).out, before["judged_by"]));
    REQUIRE(before["inputs"].size() == 2);
    CHECK(before["inputs"][0]["file"] == "result.json");
    CHECK(before["inputs"][1]["file"] == "mine.json");
    auto document = read_json(workplace.path("result.json"));
    CHECK(before["inputs"][1]["sha256"] == document["run"]["profile"]["sha256"]);
    // What decides nothing is seen too.
    document["run"]["command"].push_back("--more");
    write_text_file(workplace.path("result.json"), document.dump());
    const auto after = verdict();
    CHECK(after["requirements"] == before["requirements"]);
    CHECK(after["inputs"][0]["sha256"] != before["inputs"][0]["sha256"]);
  }

  TEST_CASE("a pipe as output is refused without a reader and gets the document with one") {
    const Workplace workplace;
    REQUIRE(mkfifo(workplace.path("pipe").c_str(), 0600) == 0);
    const Outcome refusal = workplace.assay(tiny_run({"-o", "pipe"}));
    CHECK(refusal.exit_code == 2);
    CHECK(is_one_line(refusal.err));
    CHECK(contains(refusal.err, "it is a pipe that nobody reads"));
    Launch run = workplace.launch(tiny_run({"-o", "pipe"}));
    Process writer(run);
    const auto document = nlohmann::json::parse(read_text(workplace.path("pipe")));
    CHECK(document["status"] == "complete");
    CHECK(writer.wait().exit_code == 0);
    CHECK(workplace.assay(tiny_run({"-o", "/dev/null"})).exit_code == 0);
    refused(workplace, tiny_run({"-o", "/dev/full"}), "cannot write /dev/full: writing: ");
  }

  TEST_CASE("standard output under another name gets the document once and nothing beside it") {
    const Workplace workplace;
    for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
      CAPTURE(name);
      const Outcome run = workplace.assay(tiny_run({"-o", name}));
      REQUIRE_MESSAGE(run.exit_code == 0, run.err);
      CHECK(nlohmann::json::parse(run.out)["status"] == "complete");
      write_text_file(workplace.path("result.json"), run.out);
      const Outcome page = workplace.assay({"report", "result.json", "-o", name});
      REQUIRE_MESSAGE(page.exit_code == 0, page.err);
      CHECK(page.out.ends_with("</html>\n"));
      refused(workplace, tiny_run({"-o", name, "--benchmark-out", "-"}),
              "standard output is read or");
    }
  }

  TEST_CASE("a disk or a socket or a file without a name is no output") {
    const Workplace workplace;
    write_text_file(workplace.path("result.json"), "{}");
    if (mknod(workplace.path("disk").c_str(), S_IFBLK | 0600, makedev(7, 255)) != 0)
      not_run("making the node of a disk needs root");
    REQUIRE(mknod(workplace.path("socket").c_str(), S_IFSOCK | 0600, 0) == 0);
    for (const std::string command : {"run", "check"}) {
      const auto to = [&](const std::string& output) {
        return command == "run"
                   ? tiny_run({"-o", output, "--force"})
                   : std::vector<std::string>{
                         "check", "result.json", "--profile", profile_path("tiny"), "-o", output};
      };
      refused(workplace, to("disk"), "cannot write disk: it is a disk; name a file");
      refused(workplace, to("socket"), "cannot write socket: it is a socket; name a file");
      refused(workplace, to(""), "the output has no name");
    }
  }

  TEST_CASE("a link to a document stays a link and what it points at is replaced") {
    const Workplace workplace;
    std::filesystem::create_directory(workplace.path("kept"));
    std::filesystem::create_symlink("kept/result.json", workplace.path("latest.json"));
    for (int run = 0; run < 2; ++run) {
      measured(workplace, tiny_run({"-o", "latest.json"}));
      CHECK(std::filesystem::is_symlink(workplace.path("latest.json")));
      CHECK(read_json(workplace.path("kept/result.json"))["status"] == "complete");
    }
    write_text_file(workplace.path("kept/result.json"), "dear diary\n");
    refused(workplace, tiny_run({"-o", "latest.json"}), "is not a result document");
    std::filesystem::create_symlink("no/where.json", workplace.path("broken.json"));
    refused(workplace, tiny_run({"-o", "broken.json"}), "broken.json");
    std::filesystem::create_symlink("round.json", workplace.path("round.json"));
    refused(workplace, tiny_run({"-o", "round.json"}), "round.json");
  }

  TEST_CASE("a run that is interrupted hands its one document to standard output") {
    const Workplace workplace;
    Launch launch = workplace.launch(
        {"run", "--profile", profile_path("long"), "--backend", "host", "-o", "-"});
    Process process(launch);
    sleep_s(1);
    process.send(SIGINT);
    const Outcome outcome = process.wait(50);
    if (outcome.exit_code == -1) return;  // it came before there was anything to save
    CHECK(outcome.exit_code == 2);
    CHECK(contains(outcome.err, "standard output"));
    CHECK(nlohmann::json::parse(outcome.out)["status"] == "interrupted");
  }

  TEST_CASE("a profile or token file that is a pipe or a device is refused and not waited for") {
    const Workplace workplace;
    REQUIRE(mkfifo(workplace.path("pipe").c_str(), 0600) == 0);
    for (const std::string path : {"./pipe", "/dev/zero", "/dev/null"}) {
      refused(workplace, {"run", "--profile", path}, "it is a pipe or a device");
      refused(workplace,
              {"run", "--profile", "fabric", "--backend", "host", "--rendezvous", "127.0.0.1:29999",
               "--rank", "1", "--world-size", "2", "--token-file", path},
              "it is a pipe or a device");
      refused(workplace, {"validate", path}, "it is a pipe or a device");
    }
  }
}

}  // namespace assay::test
