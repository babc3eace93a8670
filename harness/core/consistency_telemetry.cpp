// Readings that no device gives: fewer errors than none, a median outside of its range, a fraction
// beyond one.
#include "harness/core/consistency_part.h"

namespace assay::consistency {

namespace {

void check_errors(const Json& errors, const Part& part) {
  for (const auto& [name, count] : errors.items())
    if (count.is_number() && count.get<double>() < 0)
      part.refuse(name, count.dump(), "errors are counted from 0");
}

void check_fraction(const std::string& name, const Json& value, const Part& part) {
  if (value.is_number()) part.within(name, value.get<double>(), 0, 1, "a fraction");
}

/// Of readings, iterations and sets of operands there is one at least.
void check_count(const std::string& name, const Json& value, const Part& part) {
  if (value.is_number() && value.get<double>() < 1)
    part.refuse(name, value.dump(), "a series has one at least");
}

bool is_range(const Json& value) {
  return value.is_object() && value.contains("low") && value.contains("median") &&
         value.contains("high") && value["low"].is_number() && value["median"].is_number() &&
         value["high"].is_number();
}

void check_range(const Json& value, const Part& part) {
  const double low = value["low"].get<double>(), high = value["high"].get<double>();
  if (low > high) part.refuse("low", value["low"].dump(), "high is " + value["high"].dump());
  const double median = value["median"].get<double>();
  if (median < low || median > high)
    part.refuse(
        "median", value["median"].dump(),
        fmt::format("the readings lie from {} to {}", value["low"].dump(), value["high"].dump()));
}

}  // namespace

void check_telemetry(const Measurement& measurement, const Part& measured) {
  const Part part = measured.at("telemetry");
  for (const auto& [name, value] : measurement.telemetry.items()) {
    if (name == "new_errors") {
      check_errors(value, part.at(name));
    } else if (name == "clock_event_fractions") {
      for (const auto& [event, fraction] : value.items())
        check_fraction(event, fraction, part.at(name));
    } else if (name == "readings" || name == "iterations_per_sample" || name == "operand_sets") {
      check_count(name, value, part);
    } else if (name.ends_with("_fraction")) {
      check_fraction(name, value, part);
    } else if (is_range(value)) {
      check_range(value, part.at(name));
    }
  }
}

}  // namespace assay::consistency
