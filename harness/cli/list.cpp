// `assay list`: the catalogue, or with a profile the cases that it asks for and what keeps them
// from running here.
#include <fmt/format.h>

#include "collectives/gloo/open.h"
#include "harness/cli/command.h"
#include "harness/cli/device_copies.h"
#include "harness/cli/fabric_plan.h"
#include "harness/cli/plan.h"
#include "harness/cli/table.h"
#include "harness/core/between_ranks.h"
#include "harness/core/hardware_record.h"
#include "kernels/catalogue.h"

namespace assay::cli {

namespace {

const char* kNotYetRun = "not yet run on hardware";

bool has_run(const Implementation& one) {
  return run_on_hardware(name(one.backend()), {one.workload(), one.dtype(), one.name(), {}});
}

/// The collectives over the host's communicator; which dtypes is for the profile to say.
std::string collective_summary(const Collective& collective) {
  return fmt::format("{}, between ranks, over Gloo", collective.summary());
}

Json catalogue_json() {
  Json entries = Json::array();
  for (const auto& one : collectives())
    entries.push_back({{"workload", one->workload()},
                       {"dtype", "f32"},
                       {"implementation", "gloo"},
                       {"backend", name(Backend::host)},
                       {"summary", collective_summary(*one)},
                       {"run_on_hardware", true}});
  for (const auto& entry : catalogue())
    entries.push_back({{"workload", entry->workload()},
                       {"dtype", entry->dtype()},
                       {"implementation", entry->name()},
                       {"backend", name(entry->backend())},
                       {"summary", entry->summary()},
                       {"run_on_hardware", has_run(*entry)}});
  return {{"implementations", entries}};
}

std::string catalogue_text() {
  std::vector<std::vector<std::string>> rows = {
      {"workload", "dtype", "implementation", "backend", "what it is"}};
  for (const auto& entry : catalogue())
    rows.push_back({entry->workload(), entry->dtype(), entry->name(), name(entry->backend()),
                    has_run(*entry) ? entry->summary()
                                    : fmt::format("{} ({})", entry->summary(), kNotYetRun)});
  for (const auto& one : collectives())
    rows.push_back({one->workload(), "f32", "gloo", name(Backend::host), collective_summary(*one)});
  return table(rows);
}

/// One case of a profile as it would run here.
struct ListedCase {
  Backend backend;
  Series series;
  PlannedCase planned;
  std::string not_applicable;  // empty: it runs here
  bool at_once = false;        // on all devices of the node
};

/// The devices of a backend, or why there are none.
struct Here {
  std::vector<std::unique_ptr<Device>> devices;
  std::string why_none;
};

Here devices_here(Backend backend) {
  try {
    choose_backend(name(backend));
    return {open_devices(backend), ""};
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

/// Applicable when any device of this machine can run it.
std::string reason_not_to_run(const PlannedCase& planned, const Here& here) {
  if (here.devices.empty()) return here.why_none;
  std::string first_reason;
  for (const auto& device : here.devices) {
    const auto reason = why_not(planned, *device);
    if (!reason) return "";
    if (first_reason.empty()) first_reason = *reason;
  }
  return first_reason;
}

/// What the profile asks between ranks, without a number of them: that is the run's.
void add_fabric_cases(const Profile& profile, Backend backend, std::vector<ListedCase>& listed) {
  const FabricPlan fabric = fabric_plan(profile, backend, "", 1);
  const std::string missing =
      backend == Backend::host ? why_no_gloo() : "collectives between GPUs are not driven yet";
  const auto add = [&](const std::string& workload, const std::string& dtype,
                       const std::string& implementation, std::size_t bytes, Series series) {
    const Shape shape{{"bytes", static_cast<std::int64_t>(bytes)}};
    listed.push_back(
        {backend, series, {{workload, dtype, implementation, shape}, nullptr}, missing});
  };
  for (const CollectiveGroup& group : fabric.collectives)
    for (const std::string& implementation : group.implementations)
      add(group.collective->workload(), group.dtype, implementation, group.bytes, group.series);
  if (fabric.pairs)
    add("pair", fabric.pairs->dtype, backend == Backend::host ? "gloo" : "nccl",
        fabric.pairs->bytes, Series::hot);
}

/// Each is of every pair of the devices, and of disjoint pairs at once.
void add_device_copies(const std::vector<AskedCopies>& copies, Backend backend, const Here& here,
                       std::vector<ListedCase>& listed) {
  std::string why_not = here.why_none;
  if (here.devices.size() == 1) why_not = "there is one device alone";
  for (const AskedCopies& one : copies)
    listed.push_back({backend, one.series, {one.id, nullptr}, why_not, true});
}

std::vector<ListedCase> cases_of(const Profile& profile) {
  std::vector<ListedCase> listed;
  for (const std::string& asked : profile.backends) {
    const Backend backend = asked == name(Backend::cuda) ? Backend::cuda : Backend::host;
    add_fabric_cases(profile, backend, listed);
    if (!has_node_cases(profile, backend)) continue;
    const Here here = devices_here(backend);
    const std::vector<AskedCopies> copies = asked_device_copies(profile, backend, "");
    add_device_copies(copies, backend, here, listed);
    for (const PlannedGroup& group : plan(profile, backend, "", !copies.empty()))
      for (const PlannedCase& planned : group.cases)
        listed.push_back({backend, group.series, planned,
                          group.at_once && here.devices.size() == 1
                              ? "there is one device alone"
                              : reason_not_to_run(planned, here),
                          group.at_once});
  }
  return listed;
}

Json cases_json(const std::vector<ListedCase>& cases, const Profile& profile) {
  Json entries = Json::array();
  for (const ListedCase& one : cases) {
    Json entry = {{"case", one.planned.id.str()},
                  {"backend", name(one.backend)},
                  {"series", name(one.series)},
                  {"scope", one.at_once ? "node" : "device"},
                  {"applicable", one.not_applicable.empty()}};
    if (!one.not_applicable.empty()) entry["reason"] = one.not_applicable;
    entry["run_on_hardware"] = run_on_hardware(name(one.backend), one.planned.id);
    entries.push_back(entry);
  }
  return {{"profile", profile.name}, {"cases", entries}};
}

std::string cases_text(const std::vector<ListedCase>& cases) {
  std::vector<std::vector<std::string>> rows = {{"case", "backend", "series", "here"}};
  for (const ListedCase& one : cases) {
    std::string here =
        one.not_applicable.empty() ? "runs" : "not applicable: " + one.not_applicable;
    if (!run_on_hardware(name(one.backend), one.planned.id))
      here += fmt::format(" ({})", kNotYetRun);
    if (spans_devices(one.planned.id.workload))
      here = "between devices: " + here;
    else if (one.at_once)
      here = "all devices at once: " + here;
    rows.push_back({one.planned.id.str(), name(one.backend), name(one.series), here});
  }
  return table(rows);
}

ExitCode execute_list(const Arguments& arguments) {
  const bool json = arguments.value("format") == "json";
  if (!arguments.has("profile")) {
    fmt::print("{}", json ? catalogue_json().dump(2) + "\n" : catalogue_text());
    return ExitCode::passed;
  }
  const Profile profile = load_profile(arguments.value("profile"));
  const std::vector<ListedCase> cases = cases_of(profile);
  fmt::print("{}", json ? cases_json(cases, profile).dump(2) + "\n" : cases_text(cases));
  return ExitCode::passed;
}

}  // namespace

Command list_command() {
  Command command;
  command.name = "list";
  command.summary = "list the implementations, or the cases of a profile";
  command.synopsis = "[--profile NAME|FILE] [--format text|json]";
  command.description = {
      "Without a profile: every implementation in this executable, with its workload, dtype and "
      "backend, and whether it has ever been run on the hardware that it is for.",
      "With a profile: every case that the profile asks for, and whether it runs on this machine; "
      "where it does not, what is missing. Nothing is measured."};
  command.options = {{.name = "profile",
                      .value_name = "NAME|FILE",
                      .help = "List this profile's cases: a built-in profile or a profile's file."},
                     {.name = "format",
                      .value_name = "text|json",
                      .help = "How to print the list.",
                      .default_value = "text",
                      .choices = {"text", "json"}}};
  command.exit_status = {{"0", "The list was printed."}, {"2", "The profile is refused."}};
  command.examples = {{"assay list", "Everything that can be measured."},
                      {"assay list --profile node", "What the node profile would run here."}};
  command.execute = execute_list;
  return command;
}

}  // namespace assay::cli
