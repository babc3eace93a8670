// `assay tune`: times many plans of our Hopper GEMM kernel, and fits the model that chooses plans.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "harness/cli/command.h"
#include "harness/cli/quantity.h"
#include "harness/cli/stop_signal.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/run/device_lock.h"
#include "kernels/gemm/sm90/predicted.h"
#include "kernels/gemm/sm90/time_plans.h"

namespace assay::cli {

namespace {

using sm90::TimedPlan;

/// What was timed until the time was over or a signal came; the file holds all shapes that ended.
std::vector<TimedPlan> measured(const std::string& file, double seconds) {
  choose_backend("cuda");
  const auto devices = open_devices(Backend::cuda);
  const run::DeviceLock lock(devices.front()->facts().uuid);
  const StopSignals signals;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<TimedPlan> timed;
  for (const GemmShape& shape : sm90::swept_shapes()) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    if (signals.flag()->load() || passed.count() > seconds) break;
    const auto more = sm90::time_plans(*devices.front(), shape);
    timed.insert(timed.end(), more.begin(), more.end());
    write_text(sm90::sweep_csv(timed), file);
  }
  return timed;
}

struct ShapeTimes {
  const TimedPlan* first = nullptr;  // the model's choice
  const TimedPlan* fastest = nullptr;
  std::size_t plans = 0;
};

/// In the order of the sweep, which has a shape's plans together.
std::vector<ShapeTimes> by_shape(const std::vector<TimedPlan>& timed) {
  std::vector<ShapeTimes> shapes;
  for (const TimedPlan& one : timed) {
    const GemmShape& shape = one.shape;
    if (shapes.empty() || shapes.back().first->shape.m != shape.m ||
        shapes.back().first->shape.n != shape.n || shapes.back().first->shape.k != shape.k)
      shapes.push_back({&one, &one, 0});
    ShapeTimes& all = shapes.back();
    ++all.plans;
    if (one.took_s < all.fastest->took_s) all.fastest = &one;
  }
  return shapes;
}

std::string fastest_table(const std::vector<ShapeTimes>& shapes, std::size_t width) {
  Rows rows = {{"m n k", "plans", "took", "model's first", "fastest plan"}};
  double logarithms = 0;
  for (const ShapeTimes& one : shapes) {
    const GemmShape& shape = one.fastest->shape;
    const double ratio = one.first->took_s / one.fastest->took_s;
    logarithms += std::log(ratio);
    rows.push_back({fmt::format("{} {} {}", shape.m, shape.n, shape.k),
                    fmt::format("{}", one.plans), quantity(one.fastest->took_s, "s"),
                    fmt::format("{:.3f} x", ratio), sm90::describe(one.fastest->plan)});
  }
  return table(rows, width) +
         fmt::format(
             "\nThe model's first plan takes {:.3f} times the fastest, as a geometric mean.\n",
             std::exp(logarithms / static_cast<double>(shapes.size())));
}

std::string fit_table(const std::vector<TimedPlan>& timed, std::size_t width) {
  if (timed.size() < sm90::kFewestTimed) return "\nToo few plans to fit the model's constants.\n";
  const sm90::Fit fit = sm90::fitted(timed);
  const sm90::ModelConstants now, &then = fit.constants;
  const auto row = [](const char* what, double before, double after) {
    return std::vector<std::string>{what, fmt::format("{:.0f}", before),
                                    fmt::format("{:.0f}", after)};
  };
  const Rows rows = {{"constant of kernels/gemm/sm90/model.h", "now", "fitted"},
                     row("start, cycles", now.start, then.start),
                     row("join, cycles", now.join, then.join),
                     row("l2, bytes a cycle", now.l2, then.l2),
                     row("most_fill, bytes a cycle", now.most_fill, then.most_fill),
                     row("rate, bytes a cycle", now.rate, then.rate)};
  return "\n" + table(rows, width) +
         fmt::format("\nFitted to {} plans at {}; a time differs by {} as a median.\n",
                     timed.size(), quantity(fit.clock_hz, "Hz"), percentage(fit.typical_error));
}

std::string mean_line(const std::vector<sm90::PredictedPlan>& plans, std::int64_t least_rows) {
  const sm90::MeanGain mean = sm90::mean_gain(plans, least_rows);
  const std::string rows = least_rows > 1 ? fmt::format(" of {} rows and more", least_rows) : "";
  return fmt::format("Geometric mean of the gain over {} shapes{}: {:.3f}\n", mean.shapes, rows,
                     mean.geometric_mean);
}

std::string predicted_table(std::size_t width) {
  const std::vector<sm90::PredictedPlan> plans = sm90::predicted_plans();
  Rows rows = {{"m n k", fmt::format("first {} tiles", sm90::kFirstTiles),
                fmt::format("all {} tiles", sm90::kTileCount), "gain", "slices", "cluster",
                "tile of the best plan"}};
  for (const sm90::PredictedPlan& one : plans) {
    const sm90::TileConfig& tile = one.plan.tile;
    rows.push_back(
        {fmt::format("{} {} {}", one.shape.m, one.shape.n, one.shape.k),
         fmt::format("{:.0f}", one.first_cycles), fmt::format("{:.0f}", one.cycles),
         fmt::format("{:.3f}", one.gain()),
         one.plan.schedule.shared > 0 ? "shared" : fmt::format("{}", one.plan.schedule.splits),
         fmt::format("{}", tile.cluster),
         sm90::name_of(tile) + (one.has_newer_tile() ? ", a newer tile" : "")});
  }
  return fmt::format(
             "Cycles of gemm.bf16.sm90 that the model predicts on {} multiprocessors (H100 and "
             "H200 SXM).\nNothing here was measured.\n\n",
             sm90::kHopperMultiprocessors) +
         table(rows, width) + "\n" + mean_line(plans, 256) + mean_line(plans, 1);
}

ExitCode execute_tune(const Arguments& arguments) {
  if (arguments.has("predict")) {
    if (!arguments.operands().empty())
      throw Error("--predict reads no sweep: leave out the file, or --predict to see the sweep");
    print(predicted_table(line_columns(stdout)));
    return ExitCode::passed;
  }
  std::vector<TimedPlan> timed;
  if (!arguments.operands().empty()) {
    timed = sm90::sweep_from_csv(read_text(arguments.operands().front()));
  } else {
    const std::string& file = arguments.value("output");
    refuse_output(
        {file, text_beginning("a sweep", sm90::sweep_csv({})), arguments.has("force"), {}});
    timed = measured(file, static_cast<double>(arguments.number("seconds")));
  }
  if (timed.empty()) throw Error("no plan was timed: nothing to choose from");
  const std::size_t width = line_columns(stdout);
  print(fastest_table(by_shape(timed), width) + fit_table(timed, width));
  return ExitCode::passed;
}

}  // namespace

Command tune_command() {
  Command command;
  command.name = "tune";
  command.summary = "time the plans of our Hopper GEMM kernel and fit their model";
  command.synopsis = "[FILE] [-o FILE] [--seconds N] | --predict";
  command.description = {
      "For those who develop kernels. Times up to forty plans (tile, cluster, slices of K, shared "
      "tiles) of gemm.bf16.sm90 for each of forty shapes on the first GPU, writes a line a plan as "
      "CSV, and prints the fastest plan of each shape and the constants with which the model of "
      "plans predicts these times best. Large products, decode and prefill come in turn.",
      "The file is written again after every shape, so that what ends it in between costs that "
      "shape alone. With FILE, a sweep that was written earlier, nothing is timed: it is fitted "
      "again. Answers are not verified here; `assay run` does that.",
      "With --predict nothing is timed either: it prints what the model predicts for every listed "
      "shape, on any machine: cycles with the first tiles, with all of them and last tiles that "
      "are shared evenly (stream-K), and the plan. These are predictions, which a sweep on a GPU "
      "confirms or refutes."};
  command.options = {{.name = "output",
                      .letter = 'o',
                      .value_name = "FILE",
                      .help = "Where to write the sweep.",
                      .default_value = "assay-tune.csv"},
                     {.name = "seconds",
                      .value_name = "N",
                      .help = "Begin no further shape after this time.",
                      .default_value = "120",
                      .range = Range{1, 86400}},
                     {.name = "predict",
                      .help = "Print the model's plans of the listed shapes, and time nothing."},
                     {.name = "force", .help = "Replace whatever file -o names."}};
  command.operands = {"FILE", false};
  command.exit_status = {{"0", "The plans were timed, read from FILE or predicted, and are shown."},
                         {"2", "FILE is no sweep, the output cannot be written, or CUDA failed."},
                         {"3", "There is no CUDA device, or none that the kernel runs on."}};
  command.examples = {{"assay tune -o h200.csv", "The sweep, within two minutes on an H200."},
                      {"assay tune h200.csv", "The same tables from the file, on any machine."},
                      {"assay tune --predict", "What the model expects of each listed shape."}};
  command.execute = execute_tune;
  return command;
}

}  // namespace assay::cli
