// Fuzzes the reader of selectors in CEL, which a cluster's DeviceClasses bring.
#include "harness/cluster/cel.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using cluster::Selects;
  const std::string text(fuzz::text_of(data, size));
  const cluster::Device device{"gpu.example.com",
                               "node-1",
                               "gpu-0",
                               "",
                               {{"type", "gpu"}, {"index", "3"}, {"version", "1.2.3"}},
                               {{"type", "string"}, {"index", "int"}, {"version", "version"}},
                               {{"memory", "80Gi"}}};
  const Selects selects = cluster::Selector({text}).of(device);
  const Selects opposite = cluster::Selector({"!(" + text + ")"}).of(device);
  if (selects == Selects::yes || selects == Selects::no)
    fuzz::must_hold(opposite != selects && opposite != Selects::fails,
                    "what a selector selects its negation does not");
  return 0;
}
