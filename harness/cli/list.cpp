// `assay list`: the catalogue, or with a profile the cases that a run of it has and what keeps them
// from running here.
#include <fmt/format.h>

#include "collectives/collective.h"
#include "harness/cli/command.h"
#include "harness/run/device_copies.h"
#include "harness/run/join.h"
#include "harness/cli/fit_profile.h"
#include "harness/run/implemented.h"
#include "harness/run/device_groups.h"
#include "harness/cli/table.h"
#include "harness/cli/world_like.h"
#include "harness/core/hardware_record.h"
#include "kernels/catalogue.h"

namespace assay::cli {

namespace {

const char* kNotYetRun = "not yet run on hardware";

struct CatalogueEntry {
  std::string workload, dtype, implementation, backend, summary;

  bool has_run() const { return run_on_hardware(backend, {workload, dtype, implementation, {}}); }
};

/// Of collectives f32 by the library alone: which dtypes and variants is for the profile to say.
std::vector<CatalogueEntry> catalogue_of(const std::string& backend) {
  std::vector<CatalogueEntry> entries;
  for (const auto& one : catalogue())
    entries.push_back(
        {one->workload(), one->dtype(), one->name(), name(one->backend()), one->summary()});
  const std::vector<Implemented> known = implemented();
  for (const auto& one : collectives())
    for (const Implemented& by : known)
      if (by.workload == one->workload() && by.dtype == "f32" && !by.on_request)
        entries.push_back({by.workload, by.dtype, by.name, by.backend,
                           fmt::format("{}, between ranks, over {}", one->summary(),
                                       by.name == "gloo" ? "Gloo" : "NCCL")});
  std::erase_if(entries, [&](const CatalogueEntry& entry) {
    return !backend.empty() && entry.backend != backend;
  });
  return entries;
}

Json catalogue_json(const std::vector<CatalogueEntry>& catalogue) {
  Json entries = Json::array();
  for (const CatalogueEntry& entry : catalogue)
    entries.push_back({{"workload", entry.workload},
                       {"dtype", entry.dtype},
                       {"implementation", entry.implementation},
                       {"backend", entry.backend},
                       {"summary", entry.summary},
                       {"run_on_hardware", entry.has_run()}});
  return {{"implementations", entries}};
}

std::string catalogue_text(const std::vector<CatalogueEntry>& catalogue) {
  std::vector<std::vector<std::string>> rows = {
      {"workload", "dtype", "implementation", "backend", "what it is"}};
  for (const CatalogueEntry& entry : catalogue)
    rows.push_back(
        {entry.workload, entry.dtype, entry.implementation, entry.backend,
         entry.has_run() ? entry.summary : fmt::format("{} ({})", entry.summary, kNotYetRun)});
  return table(rows);
}

/// One case of a profile as it would run here.
struct ListedCase {
  Backend backend;
  AskedGroup group;
  CaseId id;
  std::string not_applicable;  // empty: it runs here
};

/// The devices of a backend, or why there are none.
struct Here {
  Devices devices;
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
std::string reason_not_to_run(const AskedGroup& group, const CaseId& id, const Here& here) {
  const bool is_between_ranks =
      group.reach == Reach::between_ranks || group.reach == Reach::rank_pairs;
  if (is_between_ranks && !group.shape.has("ranks"))
    return "it is between ranks: --world-size N lists it as a run of N processes has it";
  if (here.devices.empty()) return here.why_none;
  if (is_between_ranks) return why_not_joined(here.devices.front()->backend());
  if (group.reach == Reach::between_devices) return "";
  std::string first_reason;
  for (const auto& device : here.devices) {
    const auto reason = why_not(id, *device);
    if (!reason) return "";
    if (first_reason.empty()) first_reason = *reason;
  }
  return first_reason;
}

/// The groups of a run of `processes` such machines; without a number what one process has, and
/// what is between ranks as the profile has it.
std::vector<AskedGroup> asked_here(const Profile& profile, Backend backend, const Here& here,
                                   std::optional<int> processes) {
  AskedWorld world = world_like(backend, here.devices, processes.value_or(1));
  if (!processes && world.ranks.front() == 1) world.ranks = {kAnyRanks};
  return asked_of_run(profile, world, implemented(), "");
}

std::vector<ListedCase> cases_of(const Profile& profile, const std::string& only,
                                 std::optional<int> processes) {
  std::vector<ListedCase> listed;
  for (const Backend backend : {Backend::host, Backend::cuda}) {
    if (!is_for(profile, name(backend)) || (!only.empty() && only != name(backend))) continue;
    const Here here = devices_here(backend);
    for (const AskedGroup& group : asked_here(profile, backend, here, processes))
      for (const std::string& implementation : group.implementations) {
        const CaseId id = group.id(implementation);
        listed.push_back({backend, group, id, reason_not_to_run(group, id, here)});
      }
  }
  return listed;
}

const char* scope_word(Reach reach) {
  switch (reach) {
    case Reach::each_device:
      return "device";
    case Reach::devices_at_once:
    case Reach::between_devices:
      return "node";
    case Reach::between_ranks:
      return "ranks";
    case Reach::rank_pairs:
      return "pair";
  }
  return "";
}

const char* reach_words(Reach reach) {
  switch (reach) {
    case Reach::each_device:
      return "";
    case Reach::devices_at_once:
      return "all devices at once: ";
    case Reach::between_devices:
      return "between devices: ";
    case Reach::between_ranks:
      return "between ranks: ";
    case Reach::rank_pairs:
      return "every pair of ranks: ";
  }
  return "";
}

Json cases_json(const std::vector<ListedCase>& cases, const Profile& profile) {
  Json entries = Json::array();
  for (const ListedCase& one : cases) {
    Json entry = {{"case", one.id.str()},
                  {"backend", name(one.backend)},
                  {"series", name(one.group.series)},
                  {"scope", scope_word(one.group.reach)},
                  {"applicable", one.not_applicable.empty()}};
    if (!one.not_applicable.empty()) entry["reason"] = one.not_applicable;
    entry["run_on_hardware"] = run_on_hardware(name(one.backend), one.id);
    entries.push_back(entry);
  }
  return {{"profile", profile.name}, {"cases", entries}};
}

std::string cases_text(const std::vector<ListedCase>& cases) {
  std::vector<std::vector<std::string>> rows = {{"case", "backend", "series", "here"}};
  for (const ListedCase& one : cases) {
    std::string here =
        one.not_applicable.empty() ? "runs" : "not applicable: " + one.not_applicable;
    if (!run_on_hardware(name(one.backend), one.id)) here += fmt::format(" ({})", kNotYetRun);
    rows.push_back({one.id.str(), name(one.backend), name(one.group.series),
                    reach_words(one.group.reach) + here});
  }
  return table(rows);
}

std::optional<int> processes_of(const Arguments& arguments) {
  if (!arguments.has("world-size")) return std::nullopt;
  const std::uint64_t size = arguments.number("world-size");
  if (size < 1 || size > 1000000)
    throw Error(fmt::format("--world-size {} is not from 1 to a million", size));
  return static_cast<int>(size);
}

ExitCode execute_list(const Arguments& arguments) {
  const bool json = arguments.value("format") == "json";
  const std::string backend = arguments.value_or_empty("backend");
  if (!arguments.has("profile")) {
    const std::vector<CatalogueEntry> entries = catalogue_of(backend);
    fmt::print("{}", json ? catalogue_json(entries).dump(2) + "\n" : catalogue_text(entries));
    return ExitCode::passed;
  }
  const Profile profile = load_fit_profile(arguments.value("profile"));
  if (!backend.empty() && !is_for(profile, backend))
    throw Error(fmt::format("profile {} is not for {}", profile.name, backend));
  const std::vector<ListedCase> cases = cases_of(profile, backend, processes_of(arguments));
  fmt::print("{}", json ? cases_json(cases, profile).dump(2) + "\n" : cases_text(cases));
  return ExitCode::passed;
}

}  // namespace

Command list_command() {
  Command command;
  command.name = "list";
  command.summary = "list the implementations, or the cases of a profile";
  command.synopsis =
      "[--profile NAME|FILE] [--backend cuda|host] [--world-size N] [--format text|json]";
  command.description = {
      "Without a profile: every implementation in this executable, with its workload, dtype and "
      "backend, and whether it has ever been run on the hardware that it is for.",
      "With a profile: every case that a run of it has, and whether it runs on this machine; where "
      "it does not, what is missing. Nothing is measured. --world-size says how many processes the "
      "run has, each on a machine like this one; ranks are the processes' devices, of which a "
      "machine without any is taken to have one."};
  command.options = {{.name = "profile",
                      .value_name = "NAME|FILE",
                      .help = "List this profile's cases: a built-in profile or a profile's file."},
                     {.name = "backend",
                      .value_name = "cuda|host",
                      .help = "List what is for this backend alone.",
                      .choices = {"cuda", "host"}},
                     {.name = "world-size",
                      .value_name = "N",
                      .help = "List the cases that a run of N processes has, with their ranks."},
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
