// Fuzzes the readers of other tools' outputs: each refuses clearly or makes a valid document.
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/rate.h"
#include "harness/reported/import.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  reported::Source source;
  source.where = source.file = "input";
  source.text = fuzz::text_of(data, size);
  for (const auto read_tool : {reported::import_nccl_tests, reported::import_nvbandwidth,
                               reported::import_dcgmi, reported::import_google_benchmark}) {
    fuzz::must_refuse_clearly([&] {
      const Result result = read_tool(source);
      try {
        document_text(to_json(result), DocumentKind::result, "imported");
      } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        fuzz::must_hold(false, "what is imported is valid");
      }
      for (const Measurement& one : result.measurements)
        fuzz::must_hold(!rate_of(one), "nothing that is imported counts as verified");
    });
  }
  return 0;
}
