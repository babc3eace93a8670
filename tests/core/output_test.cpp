// What an output may replace, by what is there already.
#include "harness/core/output.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/core/output_stream.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay {

namespace {

namespace fs = std::filesystem;
using test::refusal;
using test::ScratchFolder;

constexpr const char* kResult = R"({"kind": "assay.result", "schema_version": "9.9"})";
constexpr const char* kVerdict = R"({"kind": "assay.verdict"})";

std::string why_not(const fs::path& path, bool force = false, std::vector<fs::path> taken = {}) {
  return refusal([&] {
    refuse_output({path, document_of(DocumentKind::result), force, std::move(taken)});
  });
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a file is replaced only by a document of its own kind unless forced") {
    const ScratchFolder folder;
    CHECK(why_not(folder / "new.json") == "");
    write_text("", folder / "empty.json");
    CHECK(why_not(folder / "empty.json") == "");
    write_text(kResult, folder / "result.json");  // of a later version too: it is our user's wish
    CHECK(why_not(folder / "result.json") == "");
    for (const char* other : {kVerdict, "{}", "[1]", "notes of mine", "{\"kind\": \"assay.res"}) {
      write_text(other, folder / "other");
      CAPTURE(other);
      CHECK(contains(why_not(folder / "other"), "exists and is not a result document"));
      CHECK(contains(why_not(folder / "other"), "--force"));
      CHECK(why_not(folder / "other", true) == "");
    }
  }

  TEST_CASE("what the same command reads or writes is never replaced even by force") {
    const ScratchFolder folder;
    write_text(kResult, folder / "result.json");
    fs::create_symlink("result.json", folder / "link.json");
    fs::create_hard_link(folder / "result.json", folder / "hard.json");
    for (const char* name : {"result.json", "link.json", "hard.json", "./result.json"})
      CHECK(contains(why_not(folder / name, true, {folder / "result.json"}),
                     "is read or written by this command already"));
    CHECK(why_not(folder / "other.json", true, {folder / "result.json"}) == "");
    CHECK(why_not(folder / "new.json", false, {folder / "sub/../new.json"}) != "");
    CHECK(contains(why_not("-", true, {"-"}), "standard output"));
  }

  TEST_CASE("a place that cannot hold a file is refused before anything is done") {
    const ScratchFolder folder;
    CHECK(contains(why_not(folder.path()), "it is a folder"));
    CHECK(contains(why_not(folder / "no/r.json"), "there is no folder"));
    CHECK(why_not("-") == "");
    CHECK(why_not("/dev/full") == "");
  }

  TEST_CASE("a folder is free while it holds nothing but hidden files and empty folders") {
    const ScratchFolder folder;
    CHECK(why_folder_is_taken(folder / "none") == "");
    fs::create_directories(folder / "out/nodes");
    fs::create_directory(folder / "out/lost+found");
    write_text("x", folder / "out/.hidden");
    CHECK(why_folder_is_taken(folder / "out") == "");
    write_text("x", folder / "out/nodes/rank0000.json");
    CHECK(contains(why_folder_is_taken(folder / "out"), "holds nodes already"));
    CHECK(contains(refusal([&] { refuse_taken_folder(folder / "out", false); }), "--force"));
    CHECK(refusal([&] { refuse_taken_folder(folder / "out", true); }) == "");
    CHECK(contains(why_folder_is_taken(folder / "out/.hidden"), "is a file and no folder"));
  }

  TEST_CASE("a stream that got the descriptor of a closed standard input is written and closed") {
    const ScratchFolder folder;
    write_text("", folder / "out");
    const int input = ::dup(STDIN_FILENO);
    ::close(STDIN_FILENO);
    const std::string said = refusal([&] {
      const OutputStream stream(folder / "out");
      stream.write("some ");
      stream.write("text");
    });
    const bool is_closed = ::fcntl(STDIN_FILENO, F_GETFD) < 0;
    if (input >= 0) ::dup2(input, STDIN_FILENO);
    ::close(input);
    CHECK(said == "");
    CHECK(is_closed);
    CHECK(read_text(folder / "out") == "some text");
  }

  TEST_CASE("a pipe or a device is refused as an input instead of waited for") {
    const ScratchFolder folder;
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    for (const fs::path& path : {folder / "pipe", fs::path("/dev/zero"), fs::path("/dev/null")})
      CHECK(contains(refusal([&] { read_text(path); }), "it is a pipe or a device"));
  }
}

}  // namespace assay
