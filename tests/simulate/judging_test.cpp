// The operating characteristic: simulated clusters whose truth is known, judged in memory by the
// code that judges documents, each healthy and then with a device that is broken. ASSAY_SOAK_COUNT
// clusters, and ten times as many where a kind may be judged wrongly 4 times in 10,000; each test
// prints its row of README.md's table. They may be a piece of ASSAY_SOAK_OF clusters, those from
// ASSAY_SOAK_FIRST on: what the pieces so far found is in the folder ASSAY_SOAK_STATE, and the row
// and the promise are of all.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "harness/conformance/build_baseline.h"
#include "harness/conformance/requirement.h"
#include "harness/conformance/standing.h"
#include "harness/core/error.h"
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

/// Runs `work` in a process that starts with all that this one has, and does not outlive it.
pid_t in_a_process(const std::function<void()>& work) {
  const pid_t process = fork();
  if (process != 0) return process;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    work();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    _exit(1);
  }
  _exit(0);
}

bool has_succeeded(pid_t process) {
  int status = 0;
  return process > 0 && waitpid(process, &status, 0) == process && status == 0;
}

/// Makes and judges clusters one after the other, each document in the memory of the last one.
class Bench {
 public:
  explicit Bench(const Characteristic& characteristic)
      : characteristic_(characteristic),
        simulated_(model_with(characteristic.table.spreads, 1), characteristic.profile) {}

  struct Kind {
    std::string fault;  // with {} where its device goes; empty: nothing is planted
    std::function<void(const Outcome&)> note;
  };

  /// One cluster with each of the faults in turn. The nodes of which none has a fault are looked at
  /// once; what follows is done by a process for each kind, in which `note` is called.
  void judge(std::uint64_t seed, const std::vector<Kind>& kinds) {
    const int nodes = characteristic_.nodes;
    const auto planted = static_cast<int>(seed % static_cast<std::uint64_t>(nodes));
    const auto device = static_cast<int>(seed / 3 % kDevicesOfNode);
    Judge judge(characteristic_.profile, {characteristic_.baseline}, Judge::Lists::left_out);
    simulated_.plant(seed, {});
    for (int node = 0; node < nodes; ++node)
      if (node != planted) look(node, judge);
    for (const Kind& kind : kinds) {
      const pid_t process = in_a_process([&] {
        std::vector<Fault> faults;
        if (!kind.fault.empty())
          faults.push_back(fault_from_spec(fmt::format(fmt::runtime(kind.fault), planted, device)));
        simulated_.plant(seed, std::move(faults));
        look(planted, judge);
        const std::string name = fmt::format("node-{:05} device {},", planted, device);
        kind.note(outcome_of(judge.verdict(), kind.fault.empty() ? "nobody" : name));
      });
      if (!has_succeeded(process)) throw Error("a cluster was not judged");
    }
  }

 private:
  void look(int node, Judge& judge) {
    simulated_.make(node, document_.front());
    document_ = judge.look(std::move(document_));
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

/// One row: how many healthy clusters failed or named somebody, of `often`; how many devices 5 %
/// slow were named alone, of `count`; 10 % slow were missed, of `often`; wrong ones did not fail.
struct Row {
  int failed = 0, accused = 0, named_alone = 0, missed = 0, wrong_passed = 0, count = 0, often = 0;

  /// All of them, in one order.
  static constexpr std::array kFigures = {&Row::failed, &Row::accused,      &Row::named_alone,
                                          &Row::missed, &Row::wrong_passed, &Row::count,
                                          &Row::often};
};

/// Memory that all processes from here on share.
class SharedRow {
 public:
  SharedRow()
      : place_(mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                    0)) {
    REQUIRE(place_ != MAP_FAILED);
    counts_ = new (place_) Counts{};
  }
  SharedRow(const SharedRow&) = delete;
  SharedRow& operator=(const SharedRow&) = delete;
  ~SharedRow() { munmap(place_, sizeof(Counts)); }

  int next() { return counts_->next++; }
  void add(int Row::*figure, bool is_so) {
    const auto at = std::find(Row::kFigures.begin(), Row::kFigures.end(), figure);
    counts_->figures[static_cast<std::size_t>(at - Row::kFigures.begin())] += is_so;
  }
  Row row() const {
    Row row;
    for (std::size_t i = 0; i < Row::kFigures.size(); ++i)
      row.*Row::kFigures[i] = counts_->figures[i];
    return row;
  }

 private:
  struct Counts {
    std::atomic<int> next = 0;
    std::array<std::atomic<int>, Row::kFigures.size()> figures{};
  };
  void* place_;
  Counts* counts_;
};

/// The cluster `i`, of which the rare kinds are asked too or not.
void judge_cluster(Bench& bench, int i, bool of_all_kinds, SharedRow& row) {
  const char* const families[] = {"compute", "memory", "links"};
  const std::string slow = std::string(families[i % 3]) + ":{}/{}:";
  std::vector<Bench::Kind> kinds = {
      {"",
       [&](const Outcome& healthy) {
         row.add(&Row::failed, healthy.failed);
         row.add(&Row::accused, healthy.another_named);
         row.add(&Row::often, true);
       }},
      {slow + "0.1", [&](const Outcome& one) { row.add(&Row::missed, !one.planted_named); }}};
  if (of_all_kinds) {
    kinds.push_back({slow + "0.05", [&](const Outcome& one) {
                       row.add(&Row::named_alone, one.planted_named && !one.another_named);
                       row.add(&Row::count, true);
                     }});
    kinds.push_back(
        {"wrong:{}/{}", [&](const Outcome& wrong) { row.add(&Row::wrong_passed, !wrong.failed); }});
  }
  bench.judge(static_cast<std::uint64_t>(i) * 7 + 1, kinds);
}

/// `count` clusters from `first` on of all kinds, and as many as fill `often` of the frequent ones,
/// by all processors at once.
Row judged(const Characteristic& characteristic, int first, int count, int often) {
  SharedRow row;
  std::vector<pid_t> processes;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    processes.push_back(in_a_process([&] {
      Bench bench(characteristic);
      for (int one = row.next(); one < often; one = row.next())
        judge_cluster(bench, first + one, one < count, row);
    }));
  for (const pid_t process : processes) CHECK(has_succeeded(process));
  return row.row();
}

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
  const int count = clusters_to_judge(devices), times = is_soak() ? 10 : 1;
  Row row =
      judged(characteristic, times * number_from("ASSAY_SOAK_FIRST", 0), count, times * count);
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
