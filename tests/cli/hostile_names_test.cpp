// Names that attack whoever reads them, fed to every command that prints names, in every format.
#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/plain_text.h"
#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

/// An escape sequence, a bell, a C1 control, a direction override, a zero-width blank and markup.
const std::string kHostile =
    "EVIL\x1b[31m\x07\xc2\x9b"
    "2J\xe2\x80\xae"
    "txt\xe2\x80\x8b<b>|`";
/// As it may stand in a file's name or in the environment.
const std::string kHostileBytes = "EVIL\x1b[31m\xff\xe2\x80\xae";

std::vector<Json*> texts_in(Json& value) {
  std::vector<Json*> found;
  if (value.is_string()) found.push_back(&value);
  if (value.is_structured())
    for (Json& member : value)
      for (Json* text : texts_in(member)) found.push_back(text);
  return found;
}

bool is_valid(const Json& document, DocumentKind kind) {
  try {
    validate(document, kind, "the document");
    if (kind == DocumentKind::result)
      refuse_contradictions(result_from_json(document), "the document");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The document with hostile text in every place that may have any text.
Json hostile(Json document, DocumentKind kind) {
  std::size_t replaced = 0;
  for (Json* text : texts_in(document)) {
    const Json before = *text;
    *text = kHostile + std::to_string(replaced);
    if (is_valid(document, kind)) {
      ++replaced;
    } else {
      *text = before;
    }
  }
  CHECK(replaced > 5);
  return document;
}

Json hostile_profile(const std::string& backend) {
  Json profile = parse_json(read_text(std::filesystem::path(profile_path("tiny"))), "tiny");
  profile["backends"] = {backend};
  std::erase_if(profile["cases"].get_ref<Json::array_t&>(),
                [&](const Json& line) { return line["backend"] != backend; });
  profile["description"] = kHostile;
  for (Json& one : profile["requirements"]) one["why"] = kHostile;
  REQUIRE(is_valid(profile, DocumentKind::profile));
  return profile;
}

/// What was printed has nothing left to filter, and the name has arrived.
void check_plain(const std::string& printed, bool has_name = true) {
  std::string lines = printed;
  std::erase(lines, '\r');  // RFC 4180
  CHECK(plain_text(lines) == lines);
  if (has_name) CHECK(contains(printed, "EVIL"));
}

/// A document of a GPU and profiles for it and for a host, all hostile.
struct Files {
  explicit Files(const Workplace& workplace) {
    Json document =
        parse_json(read_text(ASSAY_SOURCE_DIR
                             "/results-schema/reference/h200-sxm/2026-11-28-gemm-prefill.json"),
                   "reference");
    // Most of what the profile asks for is missing, so that the requirements name something.
    auto& measurements = document["measurements"].get_ref<Json::array_t&>();
    measurements.resize(2);
    write_text_file(workplace.path("result.json"), hostile(document, DocumentKind::result).dump());
    write_text_file(workplace.path("gpu.json"), hostile_profile("cuda").dump());
    write_text_file(workplace.path("host.json"), hostile_profile("host").dump());
  }
};

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("check prints plain names in every format") {
    const Workplace workplace;
    const Files files(workplace);
    for (const std::string format : {"text", "json", "markdown", "junit", "prometheus", "csv"}) {
      CAPTURE(format);
      const Outcome check =
          workplace.assay({"check", "result.json", "--profile", "gpu.json", "--format", format});
      CAPTURE(check.err);
      CHECK(check.exit_code == 1);
      check_plain(check.out);
      if (format == "json")
        CHECK(std::all_of(check.out.begin(), check.out.end(), [](char c) { return c > 0; }));
      workplace.assay({"check", "result.json", "--profile", "gpu.json", "--format", format, "-o",
                       "out." + format});
      check_plain(read_text(workplace.path("out." + format)));
    }
  }

  TEST_CASE("a report has plain names in its page") {
    const Workplace workplace;
    const Files files(workplace);
    const Outcome report =
        workplace.assay({"report", "result.json", "--profile", "gpu.json", "-o", "page.html"});
    CHECK(report.exit_code == 0);
    check_plain(report.out, false);
    const std::string page = read_text(workplace.path("page.html"));
    CHECK(contains(page, "EVIL?[31m"));
    const std::string data = page.substr(page.find("id=\"data\""));
    for (const char* hidden : {"\\u001b", "\\u009b", "\\u202e", "\xc2\x9b", "\xe2\x80\xae", "<b>"})
      CHECK_FALSE(contains(data.substr(0, data.find("</script>")), hidden));
  }

  TEST_CASE("list and validate and every refusal print plain names") {
    const Workplace workplace;
    const Files files(workplace);
    check_plain(workplace.assay({"list", "--profile", "gpu.json"}).out);
    check_plain(workplace.assay({"list", "--profile", "gpu.json", "--format", "json"}).out);
    const std::string broken = kHostileBytes + ".json";
    write_text_file(workplace.path(broken),
                    "{\"kind\": \"assay.result\", \"" + kHostile + "\": 1}");
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"validate", broken},
             {"validate", kHostileBytes},
             {"check", broken},
             {"check", "result.json", "--profile", kHostileBytes},
             {"report", broken, "-o", "x.html"},
             {"list", "--profile", kHostileBytes},
             {"run", "--profile", kHostileBytes},
             {"run", "--profile", "quick", "--filter", kHostileBytes + "("},
             {"run", "--profile", "quick", "--backend", kHostileBytes},
             {"cluster", kHostileBytes},
             {"export", kHostileBytes},
             {"hold", kHostileBytes, "--", "version"},
             {"help", kHostileBytes},
             {kHostileBytes}}) {
      CAPTURE(words.front());
      const Outcome refused = workplace.assay(words);
      CHECK(refused.exit_code == 2);
      CHECK(is_one_line(refused.err));
      check_plain(refused.err);
    }
    check_plain(workplace.assay({"validate", "result.json"}).out, false);
    write_text_file(workplace.path(kHostileBytes + "ok.json"),
                    read_text(workplace.path("gpu.json")));
    check_plain(workplace.assay({"validate", kHostileBytes + "ok.json"}).out);
  }

  TEST_CASE("a run prints plain names of its host and environment and profile") {
    const Workplace workplace;
    const Files files(workplace);
    Launch launch = workplace.launch(
        {"run", "--profile", "host.json", "--backend", "host", "-o", kHostileBytes + "out.json"});
    launch.environment["ASSAY_NODE_LABELS"] = "rack=" + kHostileBytes;
    launch.environment["NODE_NAME"] = kHostileBytes;
    launch.environment["ASSAY_POD"] = kHostileBytes;
    launch.in_child = [] {  // where a user may have a host name of his own
      if (unshare(CLONE_NEWUTS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWUTS) == 0) [[maybe_unused]]
        const int ignored = sethostname(kHostileBytes.data(), kHostileBytes.size());
    };
    const Outcome run = run_process(launch);
    CAPTURE(run.err);
    CHECK(run.exit_code == 0);
    check_plain(run.out);
    launch.environment["ASSAY_NODE_LABELS"] = kHostileBytes;
    check_plain(run_process(launch).err);
    launch.words = {"check", kHostileBytes + "out.json", "--profile", "host.json"};
    check_plain(run_process(launch).out);
    launch.words = {"devices"};
    check_plain(run_process(launch).out, false);
    launch.words = {"devices", "--format", "json"};
    check_plain(run_process(launch).out);
  }

  TEST_CASE("cluster prints what kubectl says as plain text") {
    const Workplace workplace;
    std::filesystem::create_directory(workplace.path("bin"));
    write_text_file(workplace.path("bin/kubectl"), "#!/bin/sh\nprintf '" + kHostileBytes +
                                                       "\\n' >&2\nprintf '" + kHostileBytes +
                                                       "\\n'\nexit 1\n");
    std::filesystem::permissions(workplace.path("bin/kubectl"), std::filesystem::perms::all);
    for (const std::string verb : {"plan", "run", "gate", "status", "collect", "clean"}) {
      CAPTURE(verb);
      Launch launch = workplace.launch({"cluster", verb, "--image", "i", "--run", "r"});
      launch.environment["PATH"] = workplace.path("bin").string() + ":/usr/bin:/bin";
      const Outcome outcome = run_process(launch);
      CHECK(outcome.exit_code != 0);
      check_plain(outcome.out + outcome.err, false);
    }
  }
}

}  // namespace assay::test
