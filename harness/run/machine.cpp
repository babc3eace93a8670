// Setting up, measuring and ending a run, whoever runs it.
#include "harness/run/machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/random.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>

#include "collectives/topology/node_topology.h"
#include "harness/cli/progress.h"
#include "harness/cli/version.h"
#include "harness/core/asked_cases.h"
#include "harness/core/document.h"

namespace assay::cli {

namespace {

/// `20261123T174000Z-9f86d081`: sorts by time, and two runs that start together still differ.
std::string new_run_id(std::string started) {
  started.erase(std::min(started.find('.'), started.size() - 1));
  std::erase_if(started, [](char c) { return c == '-' || c == ':'; });
  std::uint32_t random = 0;
  if (getrandom(&random, sizeof random, 0) != sizeof random)
    throw Error("the system gave no random bytes for the run's id");
  return fmt::format("{}Z-{:08x}", started, random);
}

void set_backend(Result& result, Backend backend) {
  result.run.backend = name(backend);
  result.simulated = backend == Backend::host;
}

void refuse_other_backend(const Profile& profile, Backend backend) {
  if (!is_for(profile, name(backend)))
    throw Error(
        fmt::format("profile {} is for {} and this run is of {}: choose another profile or "
                    "--backend",
                    profile.name, fmt::join(profile.backends, ", "), name(backend)));
}

/// `key=value,key=value` of ASSAY_NODE_LABELS: what the launcher knows of this node.
std::map<std::string, std::string> node_labels() {
  std::map<std::string, std::string> labels;
  const char* given = std::getenv("ASSAY_NODE_LABELS");
  std::istringstream list(given == nullptr ? "" : given);
  for (std::string label; std::getline(list, label, ',');) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(fmt::format("ASSAY_NODE_LABELS holds '{}': write key=value,key=value", label));
    labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return labels;
}

/// The longest that `groups` can take to sample.
double worst_s(const std::vector<Group>& groups, std::size_t done, const SamplingRule& rule) {
  double seconds = 0;
  for (std::size_t i = done; i < groups.size(); ++i)
    seconds += static_cast<double>(cases_in_turn(groups[i])) * rule.max_time_s;
  return seconds;
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

}  // namespace

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

std::string with_location(const Error& error) {
  return fmt::format("{} ({}:{})", error.what(), error.where().file_name(), error.where().line());
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
  NodeFacts node = node_facts(devices);
  node.labels = node_labels();
  const std::shared_ptr<Nvml> nvml = backend == Backend::cuda ? Nvml::load() : nullptr;
  add_topology(read_node_topology(node, nvml.get()), node);
  result.nodes = {std::move(node)};
}

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

std::string check_line(const std::string& path, const std::string& profile) {
  const auto known = builtin_profile_names();
  std::string line = "assay check " + shell_word(path);
  if (std::find(known.begin(), known.end(), profile) == known.end())
    line += " --profile " + shell_word(profile);
  return line;
}

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

}  // namespace assay::cli
