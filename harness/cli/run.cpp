// `assay run`: measures what a profile asks for and leaves a result document, however it ends.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/random.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include "harness/cli/command.h"
#include "harness/cli/device_lock.h"
#include "harness/cli/plan.h"
#include "harness/cli/progress.h"
#include "harness/cli/run_document.h"
#include "harness/cli/stop_signal.h"
#include "harness/cli/summary.h"
#include "harness/cli/version.h"
#include "harness/core/document.h"

namespace assay::cli {

namespace {

using Devices = std::vector<std::unique_ptr<Device>>;

/// `20261123T174000Z-9f86d081`: sorts by time, and two runs that start together still differ.
std::string new_run_id(std::string started) {
  started.erase(std::min(started.find('.'), started.size() - 1));
  std::erase_if(started, [](char c) { return c == '-' || c == ':'; });
  std::uint32_t random = 0;
  if (getrandom(&random, sizeof random, 0) != sizeof random)
    throw Error("the system gave no random bytes for the run's id");
  return fmt::format("{}Z-{:08x}", started, random);
}

Result new_result(const Profile& profile, const Arguments& arguments) {
  Result result;
  result.status = RunStatus::running;
  result.run.started = utc_now();
  result.run.id = new_run_id(result.run.started);
  result.run.profile_name = profile.name;
  result.run.profile_sha256 = profile.sha256;
  result.run.command = arguments.command_line();
  result.run.seed = arguments.number("seed");
  result.software["assay"] = version();
  return result;
}

void set_backend(Result& result, Backend backend) {
  result.run.backend = name(backend);
  result.simulated = backend == Backend::host;
}

void refuse_other_backend(const Profile& profile, Backend backend) {
  const auto& backends = profile.backends;
  if (std::find(backends.begin(), backends.end(), name(backend)) == backends.end())
    throw Error(
        fmt::format("profile {} is for {} and this run is of {}: choose another profile or "
                    "--backend",
                    profile.name, fmt::join(backends, ", "), name(backend)));
}

/// Where in our source a run broke, for the document; a user's screen has the message alone.
std::string with_location(const Error& error) {
  return fmt::format("{} ({}:{})", error.what(), error.where().file_name(), error.where().line());
}

/// Runs `step`; what it throws is also left in the document as `status: error`.
template <class Step>
auto or_fail(RunDocument& document, const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    if (error.code() == ExitCode::broken) document.fail(with_location(error));
    throw;
  } catch (const std::exception& error) {
    document.fail(error.what());
    throw;
  }
}

Backend choose(RunDocument& document, const Profile& profile, const std::string& asked) {
  // Before it is chosen, a backend that breaks is the one asked for: auto means cuda here.
  set_backend(document.result(), asked == "host" ? Backend::host : Backend::cuda);
  const Backend backend = or_fail(document, [&] { return choose_backend(asked); });
  set_backend(document.result(), backend);
  refuse_other_backend(profile, backend);
  return backend;
}

void record_machine(Result& result, Backend backend, const Devices& devices) {
  for (const auto& [name, value] : software_facts(backend)) result.software.emplace(name, value);
  result.nodes = {node_facts(devices)};
}

/// The longest that `groups` can take to sample.
double worst_s(const std::vector<Group>& groups, std::size_t done, const SamplingRule& rule) {
  double seconds = 0;
  for (std::size_t i = done; i < groups.size(); ++i)
    seconds += static_cast<double>(groups[i].members.size()) * rule.max_time_s;
  return seconds;
}

/// Measures every group; the document is whole on disk after each. Returns false when stopped.
bool measure(RunDocument& document, std::vector<Group> groups, const SamplingRule& rule,
             const StopSignals& signals) {
  Progress progress(stderr);
  std::vector<double> worst;
  for (std::size_t done = 0; done <= groups.size(); ++done)
    worst.push_back(worst_s(groups, done, rule));
  GroupRunOptions options;
  options.sampling = rule;
  options.stop = signals.flag();
  options.on_progress = [&](std::size_t done, std::size_t total, const std::string& name) {
    progress.update(done, total, name, worst.at(done));
  };
  options.on_group = [&](const std::vector<Measurement>& measurements) {
    document.add(measurements);
  };
  return run_groups(std::move(groups), options);
}

std::size_t count(const Result& result, MeasurementStatus status) {
  return static_cast<std::size_t>(
      std::count_if(result.measurements.begin(), result.measurements.end(),
                    [&](const Measurement& measurement) { return measurement.status == status; }));
}

std::string cases(std::size_t n) { return fmt::format("{} case{}", n, n == 1 ? "" : "s"); }

/// As a shell takes it: quoted when it must be.
std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("_./-+=,@%").find(c) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// The command that judges the document; a built-in profile is found by the document's own name.
std::string check_line(const RunDocument& document, const std::string& profile) {
  const auto known = builtin_profile_names();
  std::string line = "assay check " + shell_word(document.path().string());
  if (std::find(known.begin(), known.end(), profile) == known.end())
    line += " --profile " + shell_word(profile);
  return line;
}

/// The exit code says whether every answer was right; how fast they came is for `check`.
ExitCode outcome(const Result& result) {
  const std::size_t wrong = count(result, MeasurementStatus::failed_verification);
  const std::size_t broken = count(result, MeasurementStatus::error);
  if (wrong + broken > 0) {
    fmt::print(stderr, "assay: {} failed verification and {} ended in an error\n", cases(wrong),
               cases(broken));
    return ExitCode::failed;
  }
  if (count(result, MeasurementStatus::measured) == 0) {
    fmt::print(stderr, "assay: nothing was measured: no case is applicable here\n");
    return ExitCode::failed;
  }
  return ExitCode::passed;
}

ExitCode execute_run(const Arguments& arguments) {
  const StopSignals signals;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pager must not end a measurement
  const std::string& profile_name = arguments.value("profile");
  const Profile profile = load_profile(profile_name);
  RunDocument document(arguments.has("output") ? std::filesystem::path(arguments.value("output"))
                                               : default_output(profile.name),
                       new_result(profile, arguments));
  check_output(document.path());
  const Backend backend = choose(document, profile, arguments.value("backend"));
  const auto planned = plan(profile, backend, arguments.value_or_empty("filter"));
  const Devices devices = or_fail(document, [&] { return open_devices(backend); });
  const std::vector<DeviceLock> locks = lock_devices(devices);
  const bool whole = or_fail(document, [&] {
    record_machine(document.result(), backend, devices);
    document.write();
    const std::uint64_t seed = document.result().run.seed;
    return measure(document, groups_for(planned, devices, seed), profile.sampling, signals);
  });
  document.finish(whole ? RunStatus::complete : RunStatus::interrupted);
  if (!whole)
    throw Error(fmt::format("ended by {}: {} has what was measured until then, as interrupted",
                            signals.signal_name(), document.path().string()));
  fmt::print("{}\nDocument: {}\nTo judge it: {}\n", summary(document.result()),
             document.path().string(), check_line(document, profile_name));
  return outcome(document.result());
}

}  // namespace

Command run_command() {
  Command command;
  command.name = "run";
  command.summary = "measure what a profile asks for, into a result document";
  command.synopsis =
      "--profile NAME|FILE [--filter REGEX] [--backend auto|cuda|host] [--seed N] [-o FILE]";
  command.description = {
      "Runs every case of the profile on every device of the backend. Each case is verified "
      "against "
      "a reference before it is timed; one that gives a wrong answer is reported and never timed. "
      "Cases of one workload, dtype, shape and device form a group and are measured in "
      "alternation, "
      "so that drift hits all of them alike.",
      "The result document holds what was measured and where, and no judgement: `assay check` "
      "makes "
      "verdicts of it, here or on another machine. It is on disk from the start with status "
      "running, and is rewritten whole after every group. Ctrl-C or SIGTERM ends the run after the "
      "current sample and leaves status interrupted; a second one ends it at once.",
      "One run at a time may measure a device. A run that finds a device taken ends with the "
      "holder's process id. On a terminal, standard error shows how far the run is and about how "
      "long it will take."};
  command.options = {
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "Which cases to run: a built-in profile (quick, node) or a profile's file.",
       .required = true},
      {.name = "filter",
       .value_name = "REGEX",
       .help = "Run only the cases whose id, such as gemm.f32.openblas/m512_n512_k512, has a match "
               "of this regular expression (ECMAScript)."},
      {.name = "backend",
       .value_name = "auto|cuda|host",
       .help =
           "What to measure. auto is cuda when a CUDA driver library or a device node is found, "
           "else host. A driver that does not work is an error, never host.",
       .default_value = "auto",
       .choices = {"auto", "cuda", "host"}},
      {.name = "seed",
       .value_name = "N",
       .help = "Seed of the input data; recorded in the document.",
       .default_value = "1"},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Where to write the document. Without it: ./assay-<profile>-<UTC>.json."}};
  command.environment = {
      {"ASSAY_CUDA_LIBS", "Folder to look for the vendor's libraries in, before all others."},
      {"ASSAY_LOCK_DIR", "Folder of the device locks, the same for all users. Default: /tmp."},
      {"NO_COLOR", "When set, output has no colour."}};
  command.exit_status = {
      {"0", "Every case was measured or is not applicable here."},
      {"1", "A case failed verification or ended in an error, or nothing could be measured."},
      {"2", "The input or the run is broken, or the run was interrupted."},
      {"3", "The backend asked for by name is missing."}};
  command.examples = {{"assay run --profile quick", "Measures this machine in under a minute."},
                      {"assay run --profile node --filter 'gemm.bf16' -o gemm.json",
                       "Only the bf16 matrix products of the node profile."}};
  command.execute = execute_run;
  return command;
}

}  // namespace assay::cli
