// Rates and the roofline's fraction.
#include "harness/measure/metrics.h"

namespace assay {

void add_metrics(const Work& work, const SpeedOfLight& light, Measurement& measurement) {
  const double median_s = measurement.samples ? measurement.samples->median_s : 0;
  if (median_s <= 0) return;
  if (work.flop > 0) {
    measurement.metrics["flop"] = work.flop;
    measurement.metrics["flop_per_s"] = work.flop / median_s;
  }
  if (work.moved_bytes > 0) {
    measurement.metrics["moved_bytes"] = work.moved_bytes;
    measurement.metrics["bytes_per_s"] = work.moved_bytes / median_s;
  }
  const auto fraction =
      fraction_of_light(work, light, measurement.id, measurement.series, median_s);
  if (!fraction) return;
  measurement.speed_of_light_fraction = fraction->value;
  measurement.extensions["speed_of_light_bound"] = fraction->bound;
}

void add_endurance(const Work& work, const Endurance& endurance, Measurement& measurement) {
  if (endurance.peak_s <= 0 || endurance.sustained_s <= 0) return;
  const bool computes = work.flop > 0 && !measurement.id.workload.starts_with("memory_");
  const double amount = computes ? work.flop : work.moved_bytes;
  if (amount <= 0) return;
  const char* unit = computes ? "_flop_per_s" : "_bytes_per_s";
  measurement.metrics[std::string("peak") + unit] = amount / endurance.peak_s;
  measurement.metrics[std::string("sustained") + unit] = amount / endurance.sustained_s;
}

}  // namespace assay
