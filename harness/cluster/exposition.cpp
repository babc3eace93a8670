// A line is `name{label="value",...} value [time]`; every other line is a comment.
#include "harness/cluster/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay::cluster {

namespace {

/// Reads one line; `at_` never passes its end.
class Line {
 public:
  explicit Line(const std::string& text) : text_(text) {}

  MetricSample read() {
    MetricSample sample;
    sample.name = word("{ \t");
    if (sample.name.empty()) refuse("a metric's name");
    if (peek() == '{') read_labels(sample.labels);
    blanks();
    const std::string number = word(" \t");
    char* end = nullptr;
    sample.value = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != 0) refuse("a number");
    return sample;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  std::string word(const char* ends) {
    const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    const std::string found = text_.substr(at_, end - at_);
    at_ = end;
    return found;
  }

  void read_labels(std::map<std::string, std::string>& labels) {
    for (++at_; blanks(), peek() != '}';) {
      const std::string name = word("= ");
      blanks();
      if (name.empty() || peek() != '=') refuse("a label");
      ++at_;
      blanks();
      labels[name] = quoted();
      blanks();
      if (peek() == ',') ++at_;
    }
    ++at_;
  }

  std::string quoted() {
    if (peek() != '"') refuse("a label's value in quotes");
    std::string value;
    for (++at_; peek() != '"'; ++at_) {
      const bool escaped = peek() == '\\';
      if (escaped) ++at_;
      if (at_ >= text_.size()) refuse("the end of a label's value");
      value += escaped && peek() == 'n' ? '\n' : peek();
    }
    ++at_;
    return value;
  }

  [[noreturn]] void refuse(const char* expected) const {
    throw Error(fmt::format("column {}: expected {} in {}", at_ + 1, expected, in_quotes(text_)));
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool has_one_of(const std::string& name, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return name.find(part) != std::string::npos; });
}

std::string device_of(const MetricSample& sample) {
  for (const char* label : {"UUID", "uuid", "gpu_uuid", "gpu", "device_id", "dev_id", "card_id",
                            "minor_number", "pci_bus_id"})
    if (const auto found = sample.labels.find(label); found != sample.labels.end())
      return found->second;
  return "";
}

}  // namespace

std::vector<MetricSample> read_exposition(const std::string& text) {
  std::vector<MetricSample> samples;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    line.erase(0, first);
    samples.push_back(Line(line).read());
  }
  return samples;
}

std::map<std::string, DeviceReading> read_devices_of_exporter(const std::string& text) {
  std::map<std::string, DeviceReading> devices;
  for (const MetricSample& sample : read_exposition(text)) {
    const std::string device = device_of(sample), name = lower(sample.name);
    if (device.empty() || !std::isfinite(sample.value)) continue;
    DeviceReading& reading = devices[device];
    const bool utilization =
        has_one_of(name, {"util"}) && !has_one_of(name, {"enc", "dec", "mem", "copy"});
    if (utilization && reading.utilization_metric.empty()) {
      reading.utilization_metric = sample.name;
      reading.utilization = sample.value;
    } else if (reading.memory_metric.empty() &&
               has_one_of(name, {"fb_used", "mem_used", "memory_used", "vram_used", "hbm_used"})) {
      reading.memory_metric = sample.name;
      reading.memory = sample.value;
    }
  }
  return devices;
}

}  // namespace assay::cluster
