// `assay list`: the catalogue, or with a profile the cases that a run of it has and what keeps them
// from running here.
#include <fmt/format.h>

#include <algorithm>

#include "collectives/collective.h"
#include "harness/cli/command.h"
#include "harness/cli/fit_profile.h"
#include "harness/cli/list_profile.h"
#include "harness/cli/listed_cases.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/core/hardware_record.h"
#include "harness/core/json_text.h"
#include "harness/core/print.h"
#include "harness/run/implemented.h"
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
  const std::vector<Implemented> known = run::implemented();
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
  return {{"implementations", entries}, {"profiles", profiles_json()}};
}

std::string catalogue_text(const std::vector<CatalogueEntry>& catalogue) {
  Rows rows = {{"workload", "dtype", "implementation", "backend", "what it is"}};
  Notes notes;
  for (const CatalogueEntry& entry : catalogue)
    if (!entry.has_run()) notes.count(kNotYetRun);
  for (const CatalogueEntry& entry : catalogue)
    rows.push_back({entry.workload, entry.dtype, entry.implementation, entry.backend,
                    entry.summary + (entry.has_run() ? "" : notes.aside(kNotYetRun))});
  const std::size_t width = line_columns(stdout);
  return table(rows, width) + notes.str(width);
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
  Json list = {{"profile", profile.name}, {"cases", entries}};
  add_profile(profile, list);
  return list;
}

std::string cases_text(const std::vector<ListedCase>& cases) {
  Rows rows = {{"case", "backend", "series", "here"}};
  Notes notes;
  for (const ListedCase& one : cases) {
    if (!one.not_applicable.empty()) notes.count(one.not_applicable);
    if (!run_on_hardware(name(one.backend), one.id)) notes.count(kNotYetRun);
  }
  for (const ListedCase& one : cases) {
    std::string here =
        one.not_applicable.empty() ? "runs" : "not applicable: " + notes.mark(one.not_applicable);
    if (!run_on_hardware(name(one.backend), one.id)) here += notes.aside(kNotYetRun);
    rows.push_back({one.id.str(), name(one.backend), name(one.group.series),
                    reach_words(one.group.reach) + here});
  }
  const std::size_t width = line_columns(stdout);
  return table(rows, width) + notes.str(width);
}

std::optional<int> processes_of(const Arguments& arguments) {
  if (!arguments.has("world-size")) return std::nullopt;
  return static_cast<int>(arguments.number("world-size"));
}

bool has_cases(const Profile& profile, const std::string& backend) {
  return std::any_of(profile.cases.begin(), profile.cases.end(),
                     [&](const ProfileCases& line) { return line.backend == backend; });
}

constexpr const char* kNoCases = "The profile has no cases: it judges what others measured.\n";

ExitCode execute_list(const Arguments& arguments) {
  const bool json = arguments.value("format") == "json";
  const std::string backend = arguments.value_or_empty("backend");
  if (!arguments.has("profile")) {
    if (arguments.has("world-size"))
      throw Error("--world-size is for the cases of a profile: give one with --profile");
    const std::vector<CatalogueEntry> entries = catalogue_of(backend);
    print(json ? json_text(catalogue_json(entries))
               : catalogue_text(entries) + "\n" + profiles_text());
    return ExitCode::passed;
  }
  const Profile profile = load_fit_profile(arguments.value("profile"));
  if (!backend.empty() && !is_for(profile, backend))
    throw Error(fmt::format("profile {} is not for {}", profile.name, backend));
  std::vector<ListedCase> cases;
  for (const Backend one : {Backend::host, Backend::cuda}) {
    if (!has_cases(profile, name(one)) || (!backend.empty() && backend != name(one))) continue;
    for (ListedCase& listed : listed_cases(profile, devices_here(one), processes_of(arguments)))
      cases.push_back(std::move(listed));
  }
  const std::string heading = cases.empty() ? kNoCases : cases_text(cases);
  print(json ? json_text(cases_json(cases, profile))
             : heading + "\n" + profile_text(profile, cases));
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
      "backend, and whether it has ever been run on the hardware that it is for; and the profiles.",
      "With a profile: every case that a run of it has, and whether it runs on this machine; where "
      "it does not, what is missing; then what the profile requires and why, and how long a run "
      "takes. Nothing is measured. --world-size says how many processes the run has, each on a "
      "machine like this one; ranks are the processes' devices, of which a machine without any is "
      "taken to have one."};
  command.options = {{.name = "profile",
                      .value_name = "NAME|FILE",
                      .help = "List this profile's cases: a built-in profile or a profile's file.",
                      .built_in = builtin_profile_names()},
                     {.name = "backend",
                      .value_name = "cuda|host",
                      .help = "List what is for this backend alone.",
                      .choices = {"cuda", "host"}},
                     {.name = "world-size",
                      .value_name = "N",
                      .help = "List the cases that a run of N processes has, with their ranks.",
                      .range = Range{1, 1000000}},
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
