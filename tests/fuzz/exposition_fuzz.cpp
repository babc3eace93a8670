// Fuzzes the reader of an exporter's metrics.
#include "harness/cluster/exposition.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string text(fuzz::text_of(data, size));
  fuzz::must_refuse_clearly([&] {
    for (const cluster::MetricSample& sample : cluster::read_exposition(text))
      fuzz::must_hold(!sample.name.empty() && !sample.labels.contains(""),
                      "what is read has a name");
  });
  fuzz::must_refuse_clearly([&] {
    for (const auto& [device, reading] : cluster::read_devices_of_exporter(text)) {
      fuzz::must_hold(!device.empty(), "a device is told from others");
      fuzz::must_hold(!reading.utilization_metric.empty() || reading.utilization == 0,
                      "no metric, no value");
      fuzz::must_hold(!reading.memory_metric.empty() || reading.memory == 0, "no metric, no value");
    }
  });
  return 0;
}
