// Fuzzes the reader of checklists: what is filled reads back, and the rest is as it was.
#include "harness/conformance/evidence/checklist.h"
#include "tests/fuzz/holds.h"

namespace {

using namespace assay;

bool is_same(const ChecklistRow& a, const ChecklistRow& b) {
  return a.category == b.category && a.id == b.id && a.level == b.level;
}

void check_filled(const Checklist& before) {
  std::vector<ChecklistFill> fills;
  for (std::size_t row = 0; row < before.rows.size(); ++row)
    if (before.rows[row].is_empty())
      fills.push_back(
          {row, "Implemented", "\"a\" \\ b: #c", {"file://v1.37/x/evidence/a.md", "b"}});
  const Checklist after = read_checklist(filled(before, fills), "what was filled");
  fuzz::must_hold(after.metadata == before.metadata, "the metadata stay");
  fuzz::must_hold(after.rows.size() == before.rows.size(), "no row more or less");
  for (std::size_t row = 0; row < before.rows.size(); ++row) {
    const ChecklistRow &was = before.rows[row], &is = after.rows[row];
    fuzz::must_hold(is_same(was, is), "a row stays what it was");
    if (was.is_empty()) {
      fuzz::must_hold(
          is.status == "Implemented" && is.notes == "\"a\" \\ b: #c" && is.evidence.size() == 2,
          "a filled row reads back");
    } else {
      fuzz::must_hold(
          was.status == is.status && was.notes == is.notes && was.evidence == is.evidence,
          "a row that was filled stays");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  fuzz::must_refuse_clearly([&] {
    const Checklist checklist = read_checklist(text, "input");
    try {
      check_filled(checklist);
    } catch (const Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
      fuzz::must_hold(false, "what was read can be filled and read again");
    }
  });
  return 0;
}
