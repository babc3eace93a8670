// Profiles and baselines: defaults, where they are found, and what is said when they are not.
#include "harness/core/profile.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/core/baseline.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "tests/core/refusal.h"
#include "tests/core/scratch_folder.h"

namespace assay {

namespace {

using test::refusal;
using test::ScratchFolder;

constexpr const char* kSmallest = R"({"kind": "assay.profile", "schema_version": "1.0",
  "name": "small", "description": "d", "backends": ["host"],
  "cases": [{"workload": "gemm", "backend": "host", "dtypes": ["f32"], "shapes": ["m1_n1_k1"]}],
  "requirements": [{"id": "a", "kind": "unheard_of", "level": "should"}]})";

constexpr const char* kBaseline = R"({"kind": "assay.baseline", "schema_version": "1.0",
  "name": "b", "sku": "s", "pci_ids": [], "rows": [
  {"case": "gemm.bf16.*/m1_n1_k1", "scope_level": "device", "metric": "flop_per_s", "value": 1e12,
   "tier": "vendor", "source": "a page", "date": "2026-11-23"}]})";

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("what a profile leaves out has the design's defaults") {
    const Profile profile = profile_from_text(kSmallest, "p.json");
    CHECK(profile.sampling.min_samples == 10);
    CHECK(profile.sampling.min_time_s == 0.5);
    CHECK(profile.sampling.max_time_s == 15);
    CHECK(profile.sampling.rel_stdev == 0.005);
    REQUIRE(profile.cases.size() == 1);
    CHECK(profile.cases[0].implementations.empty());
    CHECK(profile.cases[0].series_or_cold() == std::vector<Series>{Series::cold});
    CHECK(profile.cases[0].scope == "device");
    CHECK(profile.cases[0].shapes[0].at("k") == 1);
    CHECK(profile.requirements[0].kind == "unheard_of");  // the judge knows the kinds
    CHECK(profile.requirements[0].level == Level::should);
    CHECK(profile.requirements[0].parameters.empty());
    CHECK(profile.sha256 == sha256_hex(kSmallest));
  }

  TEST_CASE("each figure of a profile's sampling is the profile's own") {
    std::string text = kSmallest;
    text.insert(text.find("\"cases\""), R"("sampling": {"min_samples": 7, "min_time_s": 0.25,
      "max_time_s": 3, "rel_stdev": 0.02}, )");
    const SamplingRule sampling = profile_from_text(text, "p.json").sampling;
    CHECK(sampling.min_samples == 7);
    CHECK(sampling.min_time_s == 0.25);
    CHECK(sampling.max_time_s == 3);
    CHECK(sampling.rel_stdev == 0.02);
  }

  TEST_CASE("profiles of the kernels' developers are loaded by name and told from the others") {
    const auto developers = developer_profile_names();
    const auto all = builtin_profile_names();
    CHECK(std::count(developers.begin(), developers.end(), "gemm-full") == 1);
    CHECK(std::count(developers.begin(), developers.end(), "training") == 0);
    CHECK(std::count(all.begin(), all.end(), "gemm-full") == 1);
    CHECK(load_profile("gemm-full").name == "gemm-full");
  }

  TEST_CASE("a duration of a backend that a profile is not for is refused") {
    std::string text = kSmallest;
    text.replace(text.find("\"cases\""), 0, "\"duration_s\": {\"cuda\": 3}, ");
    CHECK(refusal([&] { profile_from_text(text, "p.json"); }).find("/duration_s: cuda") !=
          std::string::npos);
  }

  TEST_CASE("a line that another asks for all of is refused") {
    const auto refused = [](const std::string& first, const std::string& second) {
      const std::string rest = R"("workload": "gemm", "backend": "cuda")";
      std::string text = kSmallest;
      text.replace(text.find(R"(["host"])"), 8, R"(["host", "cuda"])");
      text.replace(text.find(R"([{"workload)"), 1,
                   "[{" + rest + first + "}, {" + rest + second + "}, ");
      return refusal([&] { profile_from_text(text, "p.json"); });
    };
    const std::string shapes = R"(, "shapes": ["m1_n1_k1", "m2_n2_k2"])";
    const std::string line = R"(, "dtypes": ["bf16", "f16"])" + shapes;
    const std::string fewer = R"(, "dtypes": ["f16"], "shapes": ["m2_n2_k2"])";
    CHECK(refused(line, line).find("p.json: /cases/1: /cases/0 asks for all of it") == 0);
    CHECK(refused(line, line + R"(, "series": ["cold"])").find("/cases/1: /cases/0") == 8);
    CHECK(refused(line, fewer).find("/cases/1: /cases/0 asks") == 8);
    CHECK(refused(fewer, line).find("/cases/0: /cases/1 asks") == 8);
    CHECK(refused(line + R"(, "implementations": ["a", "b"])",
                  line + R"(, "implementations": ["b", "a"])") != "");
    for (const char* other :
         {R"(, "series": ["hot"])", R"(, "implementations": ["a"])", R"(, "scope": "node")",
          R"(, "compute_capability": ["9.0"])", R"(, "min_compute_capability": "8.9")",
          R"(, "sampling": {"min_samples": 20})"}) {
      CAPTURE(other);
      CHECK(refused(line, line + other) == "");
    }
    CHECK(refused(line, R"(, "dtypes": ["bf16", "f32"])" + shapes) == "");
    CHECK(refused(fewer, R"(, "dtypes": ["f16"], "shapes": ["m3_n3_k3"])") == "");
  }

  TEST_CASE("a compute capability that the line excludes is refused") {
    const auto refused = [](const std::string& conditions) {
      std::string text = kSmallest;
      text.replace(text.find(R"("dtypes")"), 0, conditions);
      return refusal([&] { profile_from_text(text, "p.json"); });
    };
    CHECK(refused(R"("min_compute_capability": "9.0", "compute_capability": ["9.0", "8.9"], )") ==
          "p.json: /cases/0/compute_capability/1: 8.9 is below the line's min_compute_capability, "
          "9.0: remove one of the two");
    CHECK(refused(R"("min_compute_capability": "10.0", "compute_capability": ["9.0"], )") != "");
    CHECK(refused(R"("min_compute_capability": "9.0", "compute_capability": ["10.0", "9.0"], )") ==
          "");
  }

  TEST_CASE("a date is a day of the calendar") {
    std::string text = kBaseline;
    const std::size_t at = text.find("2026-11-23");
    using std::chrono::day, std::chrono::month, std::chrono::year, std::chrono::year_month_day;
    for (const int of : {1900, 2000, 2023, 2024, 2026, 2100}) {
      for (unsigned in = 0; in <= 13; ++in) {
        for (unsigned on = 0; on <= 32; ++on) {
          const std::string date = fmt::format("{}-{:02}-{:02}", of, in, on);
          text.replace(at, date.size(), date);
          CAPTURE(date);
          const bool is_taken = refusal([&] { baseline_from_text(text, "b.json"); }).empty();
          CHECK(is_taken == year_month_day(year(of), month(in), day(on)).ok());
        }
      }
    }
  }

  TEST_CASE("a case of a backend that a profile is not for is refused wherever it stands") {
    const std::string other =
        R"({"workload": "gemm", "backend": "cuda", "dtypes": ["f32"], "shapes": ["m1_n1_k1"]})";
    const std::string text = kSmallest;
    const std::size_t begin = text.find("\"cases\": [") + 10, end = text.find("}]", begin) + 1;
    const auto refused = [](const std::string& profile) {
      return refusal([&] { profile_from_text(profile, "p.json"); });
    };
    CHECK(refused(std::string(text).insert(begin, other + ",")).find("/cases/0/backend: cuda") !=
          std::string::npos);
    CHECK(refused(std::string(text).insert(end, "," + other)).find("/cases/1/backend: cuda") !=
          std::string::npos);
  }

  TEST_CASE("a profile is a built-in name or a file and else both are named") {
    const ScratchFolder folder;
    write_text(kSmallest, folder / "small.json");
    CHECK(load_profile((folder / "small.json").string()).name == "small");
    CHECK(load_profile("quick").sampling.max_time_s == 1.5);
    CHECK(refusal([] { load_profile("fast"); }).find("neither a built-in profile (") !=
          std::string::npos);
    CHECK(refusal([] { load_profile("fast"); }).find("quick") != std::string::npos);
    CHECK(refusal([] { load_profile(std::string(300, 'x')); }).find("neither") !=
          std::string::npos);
    CHECK(refusal([&] { load_profile(folder.path().string()); }).find("it is a folder") !=
          std::string::npos);
  }

  TEST_CASE("a baseline is a file or a folder of files") {
    const ScratchFolder folder;
    write_text(kBaseline, folder / "b.json");
    write_text("not ours", folder / "readme.txt");
    const auto baselines = load_baselines(folder.path().string());
    REQUIRE(baselines.size() == 1);
    const BaselineRow& row = baselines[0].rows.at(0);
    CHECK(row.id.str() == "gemm.bf16.*/m1_n1_k1");
    CHECK(row.series == Series::cold);
    CHECK(!row.fail_below);
    CHECK(load_baselines((folder / "b.json").string()).size() == 1);
    write_text("{", folder / "c.json");
    CHECK(refusal([&] { load_baselines(folder.path().string()); }).find("c.json: line 1") !=
          std::string::npos);
    CHECK(refusal([] { load_baselines("/no/such"); }).find("no such file or folder") !=
          std::string::npos);
    std::filesystem::create_directory(folder / "empty");
    CHECK(refusal([&] { load_baselines((folder / "empty").string()); }).find("holds no *.json") !=
          std::string::npos);
  }

  TEST_CASE("rows that differ only in series or inputs or nodes are different rows") {
    Json document = parse_json(kBaseline, "b");
    Json row = document["rows"][0];
    row["series"] = "hot";
    document["rows"].push_back(row);
    row["input_pattern"] = "normal";
    document["rows"].push_back(row);
    CHECK(baseline_from_text(document.dump(), "b").rows.size() == 3);
    document["rows"].push_back(row);
    CHECK(refusal([&] { baseline_from_text(document.dump(), "b"); }) ==
          "b: /rows/3: says again what row 2 says");
    document["rows"][3]["nodes"] = 1;
    CHECK(baseline_from_text(document.dump(), "b").rows.size() == 4);
  }
}

}  // namespace assay
