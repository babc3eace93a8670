// Fuzzes the readers of what kubectl prints, and what a run is told to wait for by what they read.
#include "harness/cluster/explain.h"
#include "harness/core/document.h"
#include "tests/fuzz/holds.h"

namespace {

using namespace assay;

/// Nothing where it is refused.
template <class Read>
auto read_by(const Read& read, const std::string& text) {
  decltype(read(text)) found{};
  fuzz::must_refuse_clearly([&] { found = read(text); });
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::cluster;
  const std::string text(fuzz::text_of(data, size));
  read_by(read_remnants, text);
  read_by(read_taint_rules, text);
  read_by(read_queues, text);
  read_by(read_quotas, text);
  read_by(is_terminating, text);
  Inventory inventory;
  inventory.versions = read_by(read_versions, text);
  inventory.nodes = read_by(read_nodes, text);
  inventory.device_classes = read_by(read_device_classes, text);
  inventory.devices = read_by(read_slices, text).devices;
  const Snapshot run = read_by(read_snapshot, text);
  const std::vector<Event> events = read_by(read_events, text);
  fuzz::must_refuse_clearly([&] {
    for (const Cause& cause : explain({run, events, inventory, run.claims, run.pods, {}}))
      fuzz::must_hold(!cause.subject.empty() && !cause.text.empty(), "a cause says what and why");
  });
  return 0;
}
