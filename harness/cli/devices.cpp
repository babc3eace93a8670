// `assay devices`: the facts of every device of this machine, as a result document would hold them.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "harness/cli/command.h"
#include "harness/cli/quantity.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/core/json_text.h"
#include "harness/core/print.h"
#include "harness/core/regular_expression.h"
#include "harness/measure/device.h"

namespace assay::cli {

namespace {

/// One backend of this machine: its devices, or what is missing or broken.
struct BackendState {
  Backend backend;
  std::optional<NodeFacts> node;
  std::string problem;
  ExitCode code = ExitCode::passed;
};

BackendState look(Backend backend) {
  try {
    choose_backend(name(backend));
    const auto devices = open_devices(backend);
    for (const auto& device : devices) device->measure_bounds();
    return {backend, node_facts(devices), "", ExitCode::passed};
  } catch (const Error& error) {
    return {backend, std::nullopt, error.what(), error.code()};
  }
}

/// The schema's own form, taken out of a document that holds nothing else.
Json node_json(const NodeFacts& node) {
  Result result;
  result.nodes = {node};
  return to_json(result)["nodes"][0];
}

Json as_json(const std::vector<BackendState>& states) {
  Json backends = Json::array();
  for (const BackendState& state : states) {
    Json entry = {{"backend", name(state.backend)}};
    if (state.node) {
      entry["node"] = node_json(*state.node);
    } else {
      entry[state.code == ExitCode::missing ? "missing" : "broken"] = state.problem;
    }
    backends.push_back(entry);
  }
  return {{"backends", backends}};
}

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

template <class T>
void add(Rows& rows, const std::string& fact, const std::optional<T>& value) {
  if (value) rows.push_back({"  " + fact, fmt::format("{}", *value)});
}

void add_quantity(Rows& rows, const std::string& fact, std::optional<double> value,
                  std::string_view unit) {
  if (value) rows.push_back({"  " + fact, quantity(*value, unit)});
}

void add_links(Rows& rows, const DeviceFacts& device) {
  if (device.pcie && device.pcie->generation && device.pcie->width)
    rows.push_back(
        {"  PCIe", fmt::format("generation {} of {}, width {} of {}", *device.pcie->generation,
                               device.pcie->generation_max.value_or(0), *device.pcie->width,
                               device.pcie->width_max.value_or(0))});
  add(rows, "NVLinks", device.nvlink_count);
  if (device.ecc && device.ecc->enabled) rows.push_back({"  ECC", yes_or_no(*device.ecc->enabled)});
  for (const OtherProcess& process : device.other_processes)
    rows.push_back({"  also used by", fmt::format("PID {} {}", process.pid, process.name)});
}

void add_speed_of_light(Rows& rows, const SpeedOfLight& limits) {
  add_quantity(rows, "clock", limits.clock_hz, "Hz");
  for (const auto& [dtype, flop_per_s] : limits.flop_per_s)
    add_quantity(rows, "speed of light " + dtype, flop_per_s, "FLOP/s");
  add_quantity(rows, "speed of light memory", limits.memory_bytes_per_s, "B/s");
}

void add_device(Rows& rows, const BackendState& state, const DeviceFacts& device) {
  rows.push_back({fmt::format("{} {}: {}", name(state.backend), device.index, device.name)});
  rows.push_back({"  UUID", device.uuid});
  add(rows, "SKU", device.sku);
  add(rows, "serial", device.serial);
  add(rows, "board part number", device.board_part_number);
  add(rows, "PCI address", device.pci_bus_id);
  add(rows, "compute capability", device.compute_capability);
  add(rows, "MIG", device.mig);
  add(rows, state.backend == Backend::host ? "cores" : "multiprocessors", device.multiprocessors);
  if (device.memory_bytes)
    add_quantity(rows, "memory", static_cast<double>(*device.memory_bytes), "B");
  add_quantity(rows, "power limit", device.power_limit_w, "W");
  add_links(rows, device);
  add_speed_of_light(rows, device.speed_of_light);
}

std::string as_text(const std::vector<BackendState>& states) {
  Rows rows;
  for (const BackendState& state : states) {
    if (!state.node) {
      rows.push_back({fmt::format("{}: none: {}", name(state.backend), state.problem)});
      continue;
    }
    for (const DeviceFacts& device : state.node->devices) add_device(rows, state, device);
  }
  return table(rows, line_columns(stdout));
}

/// Accelerators and their device nodes, one a line, `none` where there are none: what a container
/// that claims nothing must not see. A driver that does not work shows none of its devices.
std::string as_visible(const BackendState& cuda) {
  std::string lines;
  if (cuda.node)
    for (const DeviceFacts& device : cuda.node->devices) lines += device.uuid + "\n";
  static const RegularExpression kNode("(nvidia[0-9]+|renderD[0-9]+|kfd)");
  std::error_code ignored;
  for (const char* folder : {"/dev", "/dev/dri"})
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (kNode.is_all_of(entry.path().filename().string())) lines += entry.path().string() + "\n";
  return lines.empty() ? "none\n" : lines;
}

/// Not write_text: the file of a container's last words cannot be replaced, only written.
void write_in_place(const std::string& text, const std::string& path) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw Error(fmt::format("cannot write {}", path));
}

ExitCode execute_devices(const Arguments& arguments) {
  if (arguments.value("format") == "visible") {
    const std::string text = as_visible(look(Backend::cuda));
    arguments.has("output") ? write_in_place(text, arguments.value("output")) : print(text);
    return ExitCode::passed;
  }
  const std::vector<BackendState> states = {look(Backend::host), look(Backend::cuda)};
  print(arguments.value("format") == "json" ? json_text(as_json(states)) : as_text(states));
  for (const BackendState& state : states)
    if (state.code == ExitCode::broken) return ExitCode::broken;
  return ExitCode::passed;
}

}  // namespace

Command devices_command() {
  Command command;
  command.name = "devices";
  command.summary = "show the devices of this machine and their facts";
  command.synopsis = "[--format text|json|visible [-o FILE]]";
  command.description = {
      "Prints every device that `assay run` could measure: the host's cores, and each CUDA device "
      "with its identity, links, limits and the speed of light that its own figures allow. A fact "
      "that is not known is left out. Where there is no CUDA device, the line says what is "
      "missing.",
      "visible lists accelerators alone, by UUID and by device node, one a line, and `none` where "
      "there are none: a container that claims nothing writes it to /dev/termination-log, where "
      "`assay cluster` reads it."};
  command.options = {{.name = "format",
                      .value_name = "text|json|visible",
                      .help = "How to print; json has each node in the form of a result document.",
                      .default_value = "text",
                      .choices = {"text", "json", "visible"}},
                     {.name = "output",
                      .letter = 'o',
                      .value_name = "FILE",
                      .help = "With visible: the file to write, in its place."}};
  command.environment = {
      {"ASSAY_CUDA_LIBS", "Folder to look for the vendor's libraries in, before all others."}};
  command.exit_status = {{"0", "The devices were printed, be there any but the host or not."},
                         {"2", "A CUDA driver is present and does not work."}};
  command.examples = {{"assay devices", "A table for people."},
                      {"assay devices --format json", "The same facts and more, for programs."}};
  command.execute = execute_devices;
  return command;
}

}  // namespace assay::cli
