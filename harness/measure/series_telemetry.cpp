// Counters are compared over all passes; readings are collected.
#include "harness/measure/series_telemetry.h"

namespace assay {

namespace {

/// Adds to every counter what it has gained between two readings.
void add_gained(const Json& from, const Json& until, Json& counters) {
  for (auto& [key, value] : counters.items()) {
    if (!from.contains(key) || !until.contains(key)) continue;
    if (value.is_number_integer()) {
      value = value.get<std::int64_t>() + until[key].get<std::int64_t>() -
              from[key].get<std::int64_t>();
    } else {
      value = value.get<double>() + until[key].get<double>() - from[key].get<double>();
    }
  }
}

}  // namespace

void SeriesTelemetry::begin_pass() {
  Json now = telemetry_.counters();
  if (before_) {
    add_gained(after_, now, *before_);
  } else {
    before_ = std::move(now);
  }
  if (!telemetry_.is_polled()) return;
  if (poller_) {
    poller_->resume();
  } else {
    poller_.emplace(telemetry_, std::chrono::milliseconds(20), contention_limit_);
  }
}

void SeriesTelemetry::end_pass() {
  changes_ = telemetry_.since(*before_);
  after_ = telemetry_.counters();
  if (poller_) poller_->finish();
}

DisturbanceLog* SeriesTelemetry::disturbances() {
  return poller_ ? &*poller_ : telemetry_.contention(contention_limit_);
}

Json SeriesTelemetry::summary() const {
  Json summary = changes_;
  if (poller_) summary.update(poller_->summary());
  return summary;
}

}  // namespace assay
