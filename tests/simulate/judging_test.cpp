// The operating characteristic: simulated clusters whose truth is known, judged in memory by the
// code that judges documents. ASSAY_SOAK_COUNT clusters of each kind, and ten times as many of the
// kinds that may be judged wrongly 4 times in 10,000; each test prints its row of README.md's
// table. They may be a piece of ASSAY_SOAK_OF clusters, those from ASSAY_SOAK_FIRST on: what the
// pieces so far found is in the folder ASSAY_SOAK_STATE, and the row and the promise are of all.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "harness/conformance/build_baseline.h"
#include "harness/conformance/requirement.h"
#include "harness/conformance/standing.h"
#include "harness/core/profile.h"
#include "harness/simulate/model.h"

namespace assay {

namespace {

constexpr int kDevicesOfNode = 8;

/// How devices differ, and what the baseline's rows say of that, in units of the first table.
struct Table {
  double spreads = 1, claimed = 1;
};

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

bool is_soak() { return std::getenv("ASSAY_SOAK_COUNT") != nullptr; }

int clusters_to_judge(int devices) {
  // A fleet takes seconds: scripts/soak alone judges those.
  return number_from("ASSAY_SOAK_COUNT", devices > 64 ? 0 : 3);
}

SimulationModel model_with(double spreads, std::uint64_t seed) {
  SimulationModel model;
  model.gpu = gpu_model_named("h200-sxm");
  model.device_spread *= spreads;
  model.node_spread *= spreads;
  model.case_spread *= spreads;
  model.seed = seed;
  return model;
}

/// What devices without spread reach, with the spread that the table claims.
Baseline baseline_for(const Profile& profile, double claimed) {
  SimulationModel still = model_with(0, 1);
  still.noise = still.slow_share = 0;
  Baseline baseline = baseline_of({simulated_node(still, profile, 0)}, "the model");
  const SimulationModel model = model_with(claimed, 1);
  const double sd = std::hypot(model.device_spread, model.node_spread, model.case_spread);
  for (BaselineRow& row : baseline.rows) row.mad = sd / kSdOfMad * row.value;
  return baseline;
}

struct Outcome {
  bool failed = false;         // exit 1
  bool planted_named = false;  // by a warning or a failure
  bool another_named = false;
};

struct Characteristic {
  Characteristic(const std::string& name, const Table& of, int devices)
      : profile(load_profile(name)),
        table(of),
        nodes(devices / kDevicesOfNode),
        baseline(baseline_for(profile, of.claimed)) {}

  Profile profile;
  Table table;
  int nodes;
  Baseline baseline;
};

/// Makes and judges clusters one after the other, each document in the memory of the last one.
class Bench {
 public:
  explicit Bench(const Characteristic& characteristic)
      : characteristic_(characteristic),
        simulated_(model_with(characteristic.table.spreads, 1), characteristic.profile) {}

  /// `fault` has {} where its device goes; empty: nothing is planted.
  Outcome judged(std::uint64_t seed, const std::string& fault) {
    const int nodes = characteristic_.nodes;
    const auto node = static_cast<int>(seed % static_cast<std::uint64_t>(nodes));
    const auto device = static_cast<int>(seed / 3 % kDevicesOfNode);
    std::vector<Fault> faults;
    if (!fault.empty())
      faults.push_back(fault_from_spec(fmt::format(fmt::runtime(fault), node, device)));
    simulated_.plant(seed, std::move(faults));
    const std::string planted = fmt::format("node-{:05} device {},", node, device);
    return outcome_of(verdict_on_all(), fault.empty() ? "nobody" : planted);
  }

 private:
  VerdictDocument verdict_on_all() {
    Judge judge(characteristic_.profile, {characteristic_.baseline}, Judge::Lists::left_out);
    for (int one = 0; one < characteristic_.nodes; ++one) {
      simulated_.make(one, document_.front());
      document_ = judge.look(std::move(document_));
    }
    return judge.verdict();
  }

  static Outcome outcome_of(const VerdictDocument& verdict, const std::string& planted) {
    Outcome outcome{verdict.verdict == Verdict::fail};
    for (const RequirementVerdict& one : verdict.requirements) {
      if (one.verdict != Verdict::warn && one.verdict != Verdict::fail) continue;
      for (const Subject& subject : one.subjects) {
        if (subject.kind != "device" && subject.kind != "node") continue;
        (subject.name.starts_with(planted) ? outcome.planted_named : outcome.another_named) = true;
      }
    }
    return outcome;
  }

  const Characteristic& characteristic_;
  SimulatedNodes simulated_;
  std::vector<Result> document_{1};
};

/// How many of `count` clusters from `first` on have the property, asked by all processors at once.
int how_many(const Characteristic& characteristic, int first, int count,
             const std::function<bool(Bench&, std::uint64_t)>& has) {
  std::atomic<int> next = first;
  const auto share = [&] {
    int found = 0;
    Bench bench(characteristic);
    for (int i = next++; i < first + count; i = next++)
      found += has(bench, static_cast<std::uint64_t>(i));
    return found;
  };
  std::vector<std::future<int>> shares;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    shares.push_back(std::async(std::launch::async, share));
  int found = 0;
  for (std::future<int>& one : shares) found += one.get();
  return found;
}

/// One row: how many healthy clusters failed or named somebody, of `often`; how many devices 5 %
/// slow were named alone, of `count`; 10 % slow were missed, of `often`; wrong ones did not fail.
struct Row {
  int failed = 0, accused = 0, named_alone = 0, missed = 0, wrong_passed = 0, count = 0, often = 0;

  /// All of them, in one order.
  static constexpr auto kFigures = {&Row::failed, &Row::accused,      &Row::named_alone,
                                    &Row::missed, &Row::wrong_passed, &Row::count,
                                    &Row::often};
};

/// The row with what the pieces before found, which are a file each.
Row with_other_pieces(const Row& own, const std::string& name) {
  namespace fs = std::filesystem;
  const char* folder = std::getenv("ASSAY_SOAK_STATE");
  if (folder == nullptr) return own;
  fs::create_directories(folder);
  std::ofstream written(fs::path(folder) /
                        fmt::format("{}.{}", name, number_from("ASSAY_SOAK_FIRST", 0)));
  for (const auto figure : Row::kFigures) written << own.*figure << ' ';
  written.close();
  Row sum;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().stem() != name) continue;
    std::ifstream piece(entry.path());
    for (const auto figure : Row::kFigures) {
      int found = 0;
      piece >> found;
      sum.*figure += found;
    }
  }
  return sum;
}

Row row_of(const std::string& profile, const Table& table, int devices) {
  const Characteristic characteristic(profile, table, devices);
  const auto seed_of = [](std::uint64_t i, std::uint64_t kind) { return i * 7 + kind; };
  const auto slow_by = [](std::uint64_t i, const char* amount) {
    const char* const families[] = {"compute", "memory", "links"};
    return std::string(families[i % 3]) + ":{}/{}:" + amount;
  };
  Row row;
  const int first = number_from("ASSAY_SOAK_FIRST", 0), times = is_soak() ? 10 : 1;
  row.count = clusters_to_judge(devices);
  row.often = times * row.count;
  const auto of_often = [&](const auto& has) {
    return how_many(characteristic, times * first, row.often, has);
  };
  const auto of_count = [&](const auto& has) {
    return how_many(characteristic, first, row.count, has);
  };
  std::atomic<int> accused = 0;
  row.failed = of_often([&](Bench& bench, std::uint64_t i) {
    const Outcome healthy = bench.judged(seed_of(i, 1), "");
    accused += healthy.another_named;
    return healthy.failed;
  });
  row.accused = accused;
  row.named_alone = of_count([&](Bench& bench, std::uint64_t i) {
    const Outcome slow = bench.judged(seed_of(i, 2), slow_by(i, "0.05"));
    return slow.planted_named && !slow.another_named;
  });
  row.missed = of_often([&](Bench& bench, std::uint64_t i) {
    return !bench.judged(seed_of(i, 3), slow_by(i, "0.1")).planted_named;
  });
  row.wrong_passed = of_count([&](Bench& bench, std::uint64_t i) {
    return !bench.judged(seed_of(i, 4), "wrong:{}/{}").failed;
  });
  row = with_other_pieces(
      row, fmt::format("{}-{}-{}-{}", profile, devices, table.spreads, table.claimed));
  MESSAGE(fmt::format(
      "| {} | {} | {}x | {}x | {} of {} | {} of {} | {} of {} | {} of {} | {} of {} |", profile,
      devices, table.spreads, table.claimed, row.failed, row.often, row.accused, row.often,
      row.named_alone, row.count, row.missed, row.often, row.wrong_passed, row.count));
  return row;
}

/// How many of so many are 4 in 10,000. A piece has to leave that much of the whole count.
int four_in_10000(const Row& row) {
  const int of = number_from("ASSAY_SOAK_OF", row.count);
  return static_cast<int>(std::int64_t{row.often} / std::max(row.count, 1) * of * 4 / 10000);
}

constexpr Table kStated{1, 1}, kWide{3, 3}, kUnknown{3, 1};

void keeps_its_promise(const std::string& profile, int devices) {
  const Row row = row_of(profile, kStated, devices);
  CHECK(row.failed <= four_in_10000(row));
  CHECK(row.count - row.named_alone <= 0.05 * number_from("ASSAY_SOAK_OF", row.count));
  CHECK(row.missed <= four_in_10000(row));
  CHECK(row.wrong_passed == 0);
}

void fails_nobody_healthy(const std::string& profile, int devices) {
  const Row row = row_of(profile, kWide, devices);
  CHECK(row.failed <= four_in_10000(row));
  CHECK(row.wrong_passed == 0);
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("8 devices are judged by training as promised") { keeps_its_promise("training", 8); }
  TEST_CASE("8 devices are judged by inference as promised") { keeps_its_promise("inference", 8); }
  TEST_CASE("64 devices are judged by training as promised") { keeps_its_promise("training", 64); }
  TEST_CASE("64 devices are judged by inference as promised") {
    keeps_its_promise("inference", 64);
  }
  TEST_CASE("8 devices that differ three times as much fail by training no more often") {
    fails_nobody_healthy("training", 8);
  }
  TEST_CASE("8 devices that differ three times as much fail by inference no more often") {
    fails_nobody_healthy("inference", 8);
  }
  TEST_CASE("64 devices that differ three times as much fail by training no more often") {
    fails_nobody_healthy("training", 64);
  }
  TEST_CASE("64 devices that differ three times as much fail by inference no more often") {
    fails_nobody_healthy("inference", 64);
  }
  TEST_CASE("devices that differ more than the rows say are judged as the table shows") {
    for (const char* profile : {"training", "inference"})
      for (const int devices : {8, 64}) CHECK(row_of(profile, kUnknown, devices).wrong_passed == 0);
  }

  TEST_CASE("1024 devices are judged by training as promised") {
    keeps_its_promise("training", 1024);
  }
  TEST_CASE("1024 devices are judged by inference as promised") {
    keeps_its_promise("inference", 1024);
  }
  TEST_CASE("1024 devices that differ three times as much fail by training no more often") {
    fails_nobody_healthy("training", 1024);
  }
  TEST_CASE("1024 devices that differ three times as much fail by inference no more often") {
    fails_nobody_healthy("inference", 1024);
  }
  TEST_CASE("1024 devices that differ more than the rows say are judged as the table shows") {
    for (const char* profile : {"training", "inference"})
      CHECK(row_of(profile, kUnknown, 1024).wrong_passed == 0);
  }
}

}  // namespace assay
