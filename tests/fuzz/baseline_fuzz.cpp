// Fuzzes the baseline parser.
#include "harness/core/baseline.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  fuzz::must_refuse_clearly([&] {
    const Baseline baseline = baseline_from_text(std::string(fuzz::text_of(data, size)), "input");
    for (const BaselineRow& row : baseline.rows) {
      fuzz::must_hold(row.value > 0, "a row's value is positive");
      fuzz::must_hold(CaseId::parse(row.id.str()) == row.id, "a row's case is a case");
    }
  });
  return 0;
}
