// What nvbandwidth printed, as text or as JSON, before it is a document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/reported/source.h"

namespace assay::reported {

struct NvbandwidthDevice {
  std::string node, name, bus;
  int index = 0;
};

/// A row of a test's matrix; a value that is N/A is nothing.
struct NvbandwidthRow {
  std::string label;
  std::vector<std::optional<double>> values;
};

struct NvbandwidthTest {
  std::size_t run = 0;
  std::string place;  // `line 12`, `/nvbandwidth/testcases/3`
  std::string name, description;
  std::string problem;     // why it has no figures
  bool is_waived = false;  // the machine lacks what it needs
  std::vector<std::string> columns;
  std::vector<NvbandwidthRow> rows;
};

/// What one call of the program is of; a log may have several, on several hosts.
struct NvbandwidthRun {
  std::string node;
  std::optional<std::int64_t> buffer_bytes;
  std::vector<NvbandwidthDevice> devices;
};

struct NvbandwidthOutput {
  std::string version, driver, cuda;
  std::vector<NvbandwidthRun> runs = std::vector<NvbandwidthRun>(1);
  std::vector<NvbandwidthTest> tests;
};

/// Throws Error for a matrix that is damaged.
NvbandwidthOutput nvbandwidth_text(const Source& source);
NvbandwidthOutput nvbandwidth_json(const Source& source, const Json& json);

/// Takes `0: NVIDIA H200 (00000000:1b:00)`, in JSON followed by `: (host)`; false for another text.
bool take_nvbandwidth_device(const std::string& text, const std::string& node,
                             std::vector<NvbandwidthDevice>& devices);

}  // namespace assay::reported
