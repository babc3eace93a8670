// Fuzzes the strict JSON parser, validation, and the readers and the writer of result documents.
#include "harness/core/document.h"
#include "harness/core/quick_result.h"
#include "tests/fuzz/holds.h"

namespace assay::fuzz {

namespace {

/// Ours is stricter than the library, never laxer, and reads the same values.
void must_agree_with_library(std::string_view text, const Json& ours) {
  const Json theirs = Json::parse(text, nullptr, false);
  must_hold(!theirs.is_discarded(), "what we accept is JSON");
  must_hold(theirs == ours, "we read what the library reads");
}

void must_survive_round_trip(const Json& document) {
  const Json again = to_json(result_from_json(document));
  validate(again, DocumentKind::result, "again");
  must_hold(to_json(result_from_json(again)) == again, "a result comes back as it was written");
}

/// What the quick reader accepts, the strict one accepts with the same fields, whatever was read
/// before.
void must_read_alike(std::string_view text) {
  static Result quick;
  if (!read_quickly(std::string(text), quick)) return;
  try {
    const Json document = parse_json(text, "input");
    validate(document, DocumentKind::result, "input");
    must_hold(to_json(result_from_json(document)) == to_json(quick), "both readers read the same");
  } catch (const Error&) {
    must_hold(false, "the strict reader accepts what the quick one does");
  }
}

}  // namespace

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::must_read_alike(text);
  fuzz::must_refuse_clearly([&] {
    const Json document = parse_json(text, "input");
    fuzz::must_agree_with_library(text, document);
    const DocumentKind kind = kind_of(document, "input");
    validate(document, kind, "input");
    if (kind == DocumentKind::result) fuzz::must_survive_round_trip(document);
  });
  return 0;
}
