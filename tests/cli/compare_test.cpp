// `assay compare` and `assay import` as a user types them: exit codes, formats, refusals.
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

#include "tests/cli/workplace.h"

namespace assay::test {

namespace {

using Json = nlohmann::ordered_json;

/// The example of a host run with eight passes, whose times are `slower` times as long.
void write_passes(const Workplace& workplace, const std::string& name, double slower) {
  Json document =
      read_json(ASSAY_SOURCE_DIR "/results-schema/examples/valid/result-host-quick.json");
  Json& samples = document["measurements"][0]["samples"];
  const double median_s = 3e-3 * slower;
  samples["median_s"] = samples["p5_s"] = samples["ci_low_s"] = samples["ci_high_s"] = median_s;
  samples["values_s"] = Json::array();
  samples["pass_medians_s"] = Json::array();
  for (int pass = 0; pass < 8; ++pass)
    samples["pass_medians_s"].push_back(median_s * (1 + 1e-4 * (pass % 3)));
  write_text_file(workplace.path(name), document.dump());
}

void refused_in_one_line(const Workplace& workplace, const std::vector<std::string>& words,
                         const std::string& part) {
  const Outcome outcome = workplace.assay(words);
  CAPTURE(words);
  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 2);
  CHECK(is_one_line(outcome.err));
  CHECK(contains(outcome.err, part));
}

const std::string kImportedOutputs = ASSAY_SOURCE_DIR "/tests/fuzz/corpus/import/";

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("compare ends with 1 only when something of B is worse") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    write_passes(workplace, "same.json", 1);
    write_passes(workplace, "slow.json", 1.2);
    const Outcome same = workplace.assay({"compare", "a.json", "same.json"});
    CHECK(same.exit_code == 0);
    CHECK(same.out.starts_with("compare 0 worse, 0 better, 0 unclear, 1 same, 0 not comparable\n"));
    const Outcome slow = workplace.assay({"compare", "a.json", "slow.json"});
    CHECK(slow.exit_code == 1);
    CHECK(contains(slow.out, "+20.0 %"));
    CHECK(workplace.assay({"compare", "slow.json", "a.json"}).exit_code == 0);
    CHECK(workplace.assay({"compare", "a.json", "slow.json", "--margin", "0.3"}).exit_code == 0);
  }

  TEST_CASE("compare says what a side s documents are in every format") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    Json broken = read_json(workplace.path("a.json"));
    broken["status"] = "interrupted";
    broken["run"]["filter"] = "gemm";
    write_text_file(workplace.path("b.json"), broken.dump());
    const Outcome text = workplace.assay({"compare", "a.json", "b.json"});
    CHECK(contains(text.out, "\nA: Host backend: a CPU was measured, no accelerator.\nB: b.json"));
    CHECK(
        contains(text.out, "\nB: b.json is interrupted: it holds what was measured until then.\n"));
    CHECK(contains(text.out, "\nB: Filtered: only cases that match \"gemm\" were measured.\n"));
    const Outcome markdown =
        workplace.assay({"compare", "a.json", "b.json", "--format", "markdown"});
    CHECK(contains(markdown.out, "\n- B: b.json is interrupted: it holds what"));
    const Outcome json = workplace.assay({"compare", "a.json", "b.json", "--format", "json"});
    const Json side = Json::parse(json.out)["b"];
    CHECK(side["marks"][1]["code"] == "incomplete");
    CHECK(workplace.assay({"compare", "a.json", "b.json", "--format", "html", "-o", "page.html"})
              .exit_code == 0);
    CHECK(contains(read_text(workplace.path("page.html")), side["marks"].dump()));
  }

  TEST_CASE("the margin of a comparison is the flag s or else the profile s") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    write_passes(workplace, "slow.json", 1.2);
    Json profile = read_json(ASSAY_SOURCE_DIR "/results-schema/profiles/quick.json");
    profile["name"] = "ours";
    profile["comparison"] = {{"margin", 0.3}};
    write_text_file(workplace.path("ours.json"), profile.dump());
    const std::vector<std::string> by_profile = {"compare",   "a.json",    "slow.json",
                                                 "--profile", "ours.json", "--format",
                                                 "json",      "--margin",  "0.01"};
    CHECK(workplace.assay({by_profile.begin(), by_profile.end() - 2}).exit_code == 0);
    CHECK(workplace.assay(by_profile).exit_code == 1);
    profile["comparison"] = {{"margin", 2}};
    write_text_file(workplace.path("ours.json"), profile.dump());
    refused_in_one_line(workplace, {"compare", "a.json", "slow.json", "--profile", "ours.json"},
                        "/comparison/margin");
  }

  TEST_CASE("compare writes a valid document and Markdown and replaces only its own") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    write_passes(workplace, "b.json", 1.2);
    const std::vector<std::string> to_json = {"compare", "a.json",  "b.json", "--format", "json",
                                              "--price", "A=2,B=3", "-o",     "c.json"};
    CHECK(workplace.assay(to_json).exit_code == 1);
    CHECK(workplace.assay({"validate", "c.json"}).exit_code == 0);
    const Json document = read_json(workplace.path("c.json"));
    CHECK(document["cases"][0]["cost"]["ratio"].get<double>() == doctest::Approx(1.8));
    const std::string before = read_text(workplace.path("c.json"));
    CHECK(workplace.assay(to_json).exit_code == 1);
    CHECK(read_text(workplace.path("c.json")) == before);
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "-o", "a.json", "--force"},
                        "is read");
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "-o", "c.json"},
                        "c.json exists and is not a comparison");
    const Outcome markdown =
        workplace.assay({"compare", "a.json", "b.json", "--format", "markdown"});
    CHECK(markdown.out.starts_with("**compare**: 1 worse"));
    const Outcome priced = workplace.assay({"compare", "a.json", "b.json", "--price", "A=2,B=3"});
    CHECK(contains(priced.out, "1e15 FLOP"));
    CHECK(contains(priced.out, "+80.0 %"));
    std::istringstream lines(priced.out);
    for (std::string line; std::getline(lines, line);)  // a row has gaps, a sentence has none
      if (contains(line, "  ")) CHECK_MESSAGE(line.size() <= 105, line);
    CHECK(contains(markdown.out, "| gemm.f32.openblas/m512\\_n512\\_k512 | cold |"));
  }

  TEST_CASE("compare puts three sides beside each other with the figures of two and two") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    write_passes(workplace, "b.json", 1.2);
    write_passes(workplace, "c.json", 1.1);
    const std::vector<std::string> three = {"compare", "a.json", "b.json", "c.json"};
    const auto with = [&](std::vector<std::string> more) {
      more.insert(more.begin(), three.begin(), three.end());
      return more;
    };
    const Outcome text = workplace.assay(three);
    CHECK(text.exit_code == 1);
    CHECK(
        text.out.starts_with("compare B: 1 worse, 0 better, 0 unclear, 0 same, 0 not comparable; "
                             "C: 1 worse,"));
    CHECK(contains(text.out, "+20.0 %"));
    CHECK(contains(text.out, "+10.0 %"));
    CHECK(workplace.assay({"compare", "c.json", "a.json", "c.json"}).exit_code == 0);
    const Outcome priced =
        workplace.assay(with({"--price", "A=2,B=2,C=4", "--format", "markdown"}));
    CHECK(contains(priced.out, "| C | 3.30 ms | +10.0 % |"));
    CHECK(contains(priced.out, "| C | 14.1 / 1e15 FLOP | +120.0 % |"));
    CHECK(workplace.assay(with({"--format", "html", "-o", "page.html"})).exit_code == 1);
    CHECK(contains(read_text(workplace.path("page.html")), "\"comparisons\":[{"));
    refused_in_one_line(workplace, with({"--format", "json"}), "of two sides");
    refused_in_one_line(workplace, with({"--price", "A=2,B=2"}), "of every side");
    refused_in_one_line(workplace, with({"--price", "A=2,B=2,D=2"}), "--price");
    refused_in_one_line(workplace, with({"--price", "A=2,B=2,C=2,A=1"}), "A has two prices");
    refused_in_one_line(workplace, with({"--price", "A=2,B=2,C=1e-300"}), "above 0");
  }

  TEST_CASE("compare names the side that a reason is about and hints at folders") {
    const Workplace workplace;
    for (const std::string name : {"a.json", "b.json"}) write_passes(workplace, name, 1);
    Json other = read_json(workplace.path("a.json"));
    other["measurements"][0]["case"] = "gemm.f32.openblas/m512_n512_k256";
    other["measurements"][0]["shape"]["k"] = 256;
    other["measurements"][0]["group"] = "gemm.f32/m512_n512_k256";
    write_text_file(workplace.path("c.json"), other.dump());
    const Outcome three = workplace.assay({"compare", "a.json", "b.json", "c.json"});
    CHECK(contains(three.out, "only C measured it"));
    CHECK_FALSE(contains(three.out, "only B measured it"));
    CHECK_FALSE(contains(three.err, "note"));
    std::vector<std::string> of_folder = {"compare"};
    for (const std::string name : {"a.json", "b.json", "c.json"}) {
      std::filesystem::create_directory(workplace.path("run"));
      std::filesystem::copy(workplace.path(name), workplace.path("run/" + name));
      of_folder.push_back("run/" + name);
    }
    CHECK(contains(workplace.assay(of_folder).err,
                   "note: 3 documents of run: each path is a side of its own; to compare two runs, "
                   "name their folders"));
    std::vector<std::string> many(28, "a.json");
    many.front() = "compare";
    refused_in_one_line(workplace, many, "name their folders, as in assay compare RUN_A RUN_B");
  }

  TEST_CASE("compare refuses what it cannot do in one line") {
    const Workplace workplace;
    write_passes(workplace, "a.json", 1);
    write_passes(workplace, "b.json", 1);
    refused_in_one_line(workplace, {"compare", "a.json"}, "name two documents");
    refused_in_one_line(workplace, {"compare", "a.json", "none.json"}, "none.json");
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "--margin", "1 %"}, "--margin");
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "--price", "A=2"}, "--price");
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "--price", "A=2,B=x"},
                        "--price");
    refused_in_one_line(workplace, {"compare", "a.json", "b.json", "--across", "driver"},
                        "--across");
    Json other = read_json(workplace.path("b.json"));
    other["measurements"][0]["inputs"]["pattern"] = "zeros";
    write_text_file(workplace.path("b.json"), other.dump());
    refused_in_one_line(workplace, {"compare", "a.json", "b.json"},
                        "nothing of A and B can be compared");
  }

  TEST_CASE("what is imported can be validated and checked and compared and shown") {
    sanitize_children_in_full();
    const Workplace workplace;
    const std::vector<std::pair<std::string, std::string>> outputs = {
        {"nccl-tests", "nccl_mpirun.txt"},
        {"nccl-tests", "nccl.json"},
        {"nvbandwidth", "nvbandwidth.txt"},
        {"dcgmi", "dcgmi_4.json"},
        {"google-benchmark", "google_benchmark.json"}};
    for (const auto& [tool, file] : outputs) {
      CAPTURE(file);
      const Outcome import =
          workplace.assay({"import", tool, kImportedOutputs + file, "-o", "i.json"});
      CHECK(import.exit_code == 0);
      CHECK(import.err == "");
      CHECK(contains(import.out, "nothing of it verified"));
      CHECK(workplace.assay({"validate", "i.json"}).exit_code == 0);
      const Outcome check = workplace.assay({"check", "i.json", "--format", "json"});
      // Without a baseline nothing of a rate can be judged; a complaint of DCGM's is a warning.
      CHECK(check.exit_code == (tool == "dcgmi" ? 0 : 1));
      CHECK(Json::parse(check.out)["verdict"] == (tool == "dcgmi" ? "warn" : "not_evaluated"));
      CHECK(check.err == "");
      CHECK(workplace.assay({"report", "i.json", "-o", "i.html"}).exit_code == 0);
      const Outcome compare = workplace.assay({"compare", "i.json", "i.json"});
      if (tool != "dcgmi") CHECK(compare.exit_code == 0);
    }
  }

  TEST_CASE("import refuses what it cannot do in one line and writes nothing") {
    const Workplace workplace;
    refused_in_one_line(
        workplace, {"import", "nccl", kImportedOutputs + "nccl.json", "-o", "i.json"}, "no tool");
    refused_in_one_line(workplace, {"import", "nccl-tests", "-o", "i.json"},
                        "name the tool and one file");
    refused_in_one_line(workplace,
                        {"import", "dcgmi", kImportedOutputs + "nccl.json", "-o", "i.json"},
                        "DCGM Diagnostic");
    refused_in_one_line(
        workplace,
        {"import", "dcgmi", kImportedOutputs + "dcgmi.txt", "--ranks", "4", "-o", "i.json"},
        "for nccl-tests only");
    CHECK(workplace.documents().empty());
  }
}

}  // namespace assay::test
