// Fuzzes the profile parser.
#include "harness/core/profile.h"
#include "tests/fuzz/holds.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  fuzz::must_refuse_clearly([&] {
    const Profile profile = profile_from_text(std::string(fuzz::text_of(data, size)), "input");
    fuzz::must_hold(!profile.backends.empty(), "a profile is for some backend");
    for (const ProfileCases& cases : profile.cases) {
      fuzz::must_hold(!cases.shapes.empty() && !cases.dtypes.empty(),
                      "cases have shapes and dtypes");
    }
  });
  return 0;
}
