// The Prometheus text of an exporter of accelerator metrics, as far as Assay reads it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace assay::cluster {

struct MetricSample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

/// Throws Error, with the line, for what is no exposition format 0.0.4.
std::vector<MetricSample> read_exposition(const std::string& text);

/// One accelerator at one moment; a metric that it does not have has no name.
struct DeviceReading {
  std::string utilization_metric, memory_metric;
  double utilization = 0, memory = 0;
};

/// By the UUID, or else by the first other label that tells devices apart. Metrics are found by
/// their names, as the programme's own test finds them: `util`, but not of encoders, decoders and
/// copies; `fb_used`, `memory_used` and their like.
std::map<std::string, DeviceReading> read_devices_of_exporter(const std::string& text);

}  // namespace assay::cluster
