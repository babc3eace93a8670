// `assay simulate`: writes the documents of a cluster that nobody has.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/core/document.h"
#include "harness/core/number_of.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/simulate/model.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

/// A share such as 0.004.
double share_of(const Arguments& arguments, const std::string& flag) {
  const std::string& text = arguments.value(flag);
  double share = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (problem != std::errc() || end != text.data() + text.size() || !(share >= 0 && share <= 0.2))
    throw Error(fmt::format("--{} {}: give a share from 0 to 0.2, such as 0.004", flag, text));
  return share;
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const GpuModel& model : gpu_models()) names.emplace_back(model.name);
  return names;
}

SimulationModel model_of(const Arguments& arguments, int nodes) {
  SimulationModel model;
  model.gpu = gpu_model_named(arguments.value("sku"));
  model.devices = arguments.has("devices") ? static_cast<int>(arguments.number("devices"))
                                           : model.gpu->devices_per_node;
  model.seed = arguments.number("seed");
  model.samples = static_cast<std::int64_t>(arguments.number("samples"));
  model.device_spread = share_of(arguments, "device-spread");
  model.node_spread = share_of(arguments, "node-spread");
  model.case_spread = share_of(arguments, "case-spread");
  model.noise = share_of(arguments, "noise");
  model.slow_share = share_of(arguments, "slow-share");
  model.command = arguments.command_line();
  for (const std::string& spec : arguments.all("fault")) {
    const Fault fault = fault_from_spec(spec);
    if (fault.node >= nodes || fault.device.value_or(0) >= model.devices)
      throw Error(fmt::format("--fault {}: there are {} nodes of {} devices, counted from 0", spec,
                              nodes, model.devices));
    model.faults.push_back(fault);
  }
  return model;
}

ExitCode execute_simulate(const Arguments& arguments) {
  const int nodes = static_cast<int>(arguments.number("nodes"));
  const SimulationModel model = model_of(arguments, nodes);
  const Profile profile = load_profile(arguments.value("profile"));
  const fs::path folder = arguments.value("output");
  for (const Fault& fault : model.faults)
    if (const std::string why = why_unseen(fault, profile); !why.empty())
      throw Error(fmt::format("--fault {}: profile {} would not show it: {}; take another profile",
                              fault.spec, profile.name, why));
  refuse_taken_folder(folder, arguments.has("force"));
  fs::create_directories(folder / "nodes");
  for (int node = 0; node < nodes; ++node) {
    const Result result = simulated_node(model, profile, node);
    write_document(to_json(result), DocumentKind::result,
                   folder / "nodes" / (result.nodes.front().name + ".json"));
  }
  print(fmt::format("Simulated: {} of {} {}, profile {}, {}, written to {}\n",
                    number_of(nodes, "node"), model.devices, model.gpu->name, profile.name,
                    number_of(model.faults.size(), "fault"), folder.string()));
  return ExitCode::passed;
}

}  // namespace

Command simulate_command() {
  Command command;
  command.name = "simulate";
  command.summary = "write the documents of a cluster that nobody has";
  command.synopsis =
      "--sku NAME --nodes N [--fault SPEC]... [--seed N] [--profile NAME|FILE] -o DIR";
  command.description = {
      "Writes one document for each node, as if every device had measured the profile's cases: "
      "from published figures, a model of how devices differ, noise, and the faults that --fault "
      "asks for. For planning, and for testing judgement where the truth is known.",
      "Every document is marked as simulated and holds the model and its node's faults; evidence "
      "refuses it, and a baseline made of it judges no measured documents. What is between nodes "
      "is not simulated.",
      "Faults: " + fault_kinds() +
          ". NODE and DEVICE are counted from 0; the device * is all of the node."};
  command.options = {
      {.name = "sku",
       .value_name = "NAME",
       .help = "The accelerator.",
       .choices = model_names(),
       .required = true},
      {.name = "nodes",
       .value_name = "N",
       .help = "How many nodes.",
       .range = Range{1, 100000},
       .required = true},
      {.name = "fault",
       .value_name = "SPEC",
       .help = "Plant a fault, such as compute:3/2:0.05: device 2 of node 3 is 5 % slow in every "
               "product. May be given several times.",
       .repeats = true},
      {.name = "seed",
       .value_name = "N",
       .help = "Draws other numbers.",
       .default_value = "1",
       .range = Range{}},
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "Whose cases.",
       .default_value = "training",
       .built_in = builtin_profile_names()},
      {.name = "devices",
       .value_name = "N",
       .help = "Of a node. Without it: as the SKU is built.",
       .range = Range{1, 64}},
      {.name = "samples",
       .value_name = "N",
       .help = "Of each series, 64 or more; a profile may ask for more.",
       .default_value = "64",
       .range = Range{64, 100000}},
      {.name = "device-spread",
       .value_name = "SHARE",
       .help = "How devices differ in all their cases: a relative standard deviation.",
       .default_value = "0.004"},
      {.name = "node-spread",
       .value_name = "SHARE",
       .help = "How nodes differ.",
       .default_value = "0.002"},
      {.name = "case-spread",
       .value_name = "SHARE",
       .help = "How each device differs from case to case.",
       .default_value = "0.004"},
      {.name = "noise",
       .value_name = "SHARE",
       .help = "How samples differ.",
       .default_value = "0.005"},
      {.name = "slow-share",
       .value_name = "SHARE",
       .help = "Of samples, which take 5 to 20 % longer.",
       .default_value = "0.005"},
      {.name = "output",
       .letter = 'o',
       .value_name = "DIR",
       .help = "The folder, which has to be empty; nodes/ in it gets the documents.",
       .required = true},
      {.name = "force", .help = "Write into a folder that is not empty."}};
  command.exit_status = {{"0", "All documents were written."},
                         {"2", "A SKU, fault, number or profile is refused, or the folder is."}};
  command.examples = {{"assay simulate --sku h200-sxm --nodes 4 --fault memory:2/5:0.08 -o sim/",
                       "Four nodes, one device of which has slow memory."},
                      {"assay check sim/ --profile training", "Is it found?"}};
  command.execute = execute_simulate;
  return command;
}

}  // namespace assay::cli
