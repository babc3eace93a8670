// Copies of a real document, each spoilt in one way: refused in one line, by check and by validate.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

/// A document of the quick profile as this machine makes it.
std::string fresh_document(const Workplace& workplace) {
  const Outcome run = workplace.assay({"run", "--profile", "quick", "--backend", "host", "--filter",
                                       "gemm\\.f32\\..*/m512_", "-o", "good.json"});
  REQUIRE_MESSAGE(run.exit_code == 0, run.err);
  REQUIRE(workplace.assay({"validate", "good.json"}).exit_code == 0);
  return read_text(workplace.path("good.json"));
}

void document_refused(const Workplace& workplace, const std::string& text,
                      const std::string& named) {
  write_text_file(workplace.path("spoilt.json"), text);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"validate", "spoilt.json"},
        std::vector<std::string>{"check", "spoilt.json", "--profile", "quick"}}) {
    const Outcome outcome = workplace.assay(words);
    CAPTURE(words.front());
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    CHECK(is_one_line(outcome.err));
    CHECK(outcome.err.size() < 500);
    CHECK(contains(outcome.err, "spoilt.json"));
    CHECK(contains(outcome.err, named));
  }
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("a spoilt copy of a real document is refused in one line") {
    const Workplace workplace;
    const std::string good = fresh_document(workplace);
    const auto document = nlohmann::ordered_json::parse(good);

    auto missing = document;
    missing["run"].erase("seed");
    document_refused(workplace, missing.dump(2), "seed");

    auto unknown = document;
    unknown["measurements"][0]["colour"] = "blue";
    document_refused(workplace, unknown.dump(2), "colour");

    auto unit = document;
    auto& samples = unit["measurements"][0]["samples"];
    samples["median_ms"] = samples["median_s"].get<double>() * 1000;
    samples.erase("median_s");
    document_refused(workplace, unit.dump(2), "median_");

    auto later = document;
    later["schema_version"] = "1.2";
    document_refused(workplace, later.dump(2), "1.2");
    later["schema_version"] = "2.0";
    document_refused(workplace, later.dump(2), "2.0");

    auto renamed = document;
    renamed["measurements"][0]["dtype"] = "bf16";
    document_refused(workplace, renamed.dump(2), "dtype");

    auto twice_as_fast = document;
    auto& rate = twice_as_fast["measurements"][0]["metrics"]["flop_per_s"];
    rate = rate.get<double>() * 2;
    document_refused(workplace, twice_as_fast.dump(2), "/measurements/0/metrics/flop_per_s");
  }

  TEST_CASE("a copy that is no longer JSON is refused in one line") {
    const Workplace workplace;
    const std::string good = fresh_document(workplace);

    std::string nan = good;
    const auto key = nan.find("\"median_s\":");
    REQUIRE(key != std::string::npos);
    const auto number = nan.find_first_of("0123456789", key);
    nan.replace(number, nan.find_first_of(",\n}", number) - number, "NaN");
    document_refused(workplace, nan, "line");

    document_refused(workplace, good.substr(0, good.size() * 6 / 10), "line");
    document_refused(workplace, std::string(100000, '['), "level");
    document_refused(workplace, std::string(100000, '[') + std::string(100000, ']'), "level");
    document_refused(workplace, good + "{}", "line");
    document_refused(workplace, "", "spoilt.json");
  }

  TEST_CASE("a profile that asks for what does not exist is refused by validate and list and run") {
    const Workplace workplace;
    const auto good = nlohmann::ordered_json::parse(read_text(profile_path("tiny")));
    const auto profile_refused = [&](const nlohmann::ordered_json& profile,
                                     const std::string& named) {
      write_text_file(workplace.path("spoilt.json"), profile.dump(2));
      for (const std::vector<std::string>& words :
           {std::vector<std::string>{"validate", "spoilt.json"},
            std::vector<std::string>{"list", "--profile", "spoilt.json"},
            std::vector<std::string>{"run", "--profile", "spoilt.json", "--backend", "host"}}) {
        const Outcome outcome = workplace.assay(words);
        CAPTURE(words.front());
        CAPTURE(outcome.err);
        CHECK(outcome.exit_code == 2);
        CHECK(is_one_line(outcome.err));
        CHECK(contains(outcome.err, "spoilt.json"));
        CHECK(contains(outcome.err, named));
      }
    };
    auto profile = good;
    profile["cases"][0]["implementations"] = {"openblass"};
    profile_refused(profile, "/cases/0");
    profile = good;
    profile["requirements"][0]["kind"] = "complete_run_of_all";
    profile_refused(profile, "complete_run_of_all");
    profile = good;
    profile["cases"][1]["shapes"] = {"bytes7"};
    profile_refused(profile, "multiple of 4");
  }

  TEST_CASE("validate says on which line an unknown field stands") {
    const Workplace workplace;
    const auto good = nlohmann::ordered_json::parse(read_text(profile_path("tiny")));
    const auto refusal_of = [&](const nlohmann::ordered_json& profile) {
      write_text_file(workplace.path("spoilt.json"), profile.dump(1));
      return workplace.assay({"validate", "spoilt.json"}).err;
    };
    const auto line_of_last = [](const std::string& text, const std::string& word) {
      const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.rfind(word));
      return std::to_string(1 + std::count(text.begin(), end, '\n'));
    };
    auto profile = good;
    profile["case"] = nlohmann::ordered_json::array();
    CHECK(contains(refusal_of(profile), "top level: unknown field \"case\" (line " +
                                            line_of_last(profile.dump(1), "\"case\"") + ")"));
    profile = good;
    profile["cases"][0]["dtype"] = "f32";
    CHECK(contains(refusal_of(profile), "/cases/0: unknown field \"dtype\" (line " +
                                            line_of_last(profile.dump(1), "\"dtype\"") + ")"));
  }

  TEST_CASE("a link that leads to itself is refused with that reason") {
    const Workplace workplace;
    std::filesystem::create_directory(workplace.path("results"));
    std::filesystem::create_symlink("loop.json", workplace.path("results/loop.json"));
    for (const char* place : {"results/loop.json", "results"}) {
      const Outcome outcome = workplace.assay({"validate", place});
      CAPTURE(outcome.err);
      CHECK(outcome.exit_code == 2);
      CHECK(is_one_line(outcome.err));
      CHECK(contains(outcome.err, "loop.json"));
      CHECK(contains(outcome.err, "Too many levels of symbolic links"));
      CHECK(!contains(outcome.err, "unexpected"));
    }
  }

  TEST_CASE("validate says ok of each good file and refuses a folder with one bad one") {
    const Workplace workplace;
    fresh_document(workplace);
    REQUIRE(workplace
                .assay({"check", "good.json", "--profile", "quick", "--format", "json", "-o",
                        "verdict.json"})
                .exit_code <= 1);
    // Of the host alone: a build without CUDA warns that it cannot check names of CUDA.
    write_text_file(workplace.path("profile.json"), read_text(profile_path("contended")));
    Outcome outcome = workplace.assay({"validate", "."});
    INFO(outcome.err);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err == "");
    CHECK(contains(outcome.out, "good.json: ok, assay.result\n"));
    CHECK(contains(outcome.out, "verdict.json: ok, assay.verdict\n"));
    CHECK(contains(outcome.out, "profile.json: ok, assay.profile\n"));
    write_text_file(workplace.path("bad.json"), "{}");
    outcome = workplace.assay({"validate", "."});
    CHECK(outcome.exit_code == 2);
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, "bad.json"));
  }
}

}  // namespace assay::test
