// Fuzzes shapes and case ids.
#include "harness/core/shape.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::must_refuse_clearly([&] {
    fuzz::must_hold(Shape::parse(text).str() == text, "a shape is written as it was read");
  });
  fuzz::must_refuse_clearly([&] {
    fuzz::must_hold(CaseId::parse(text).str() == text, "a case is written as it was read");
  });
  return 0;
}
