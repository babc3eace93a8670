// Runs every case, compares, prints.
#include "tests/gpu/judge.h"

#include <algorithm>
#include <optional>

#include "harness/core/error.h"
#include "tests/gpu/compare.h"

namespace assay::gpu {

namespace {

const LadderVariant& variant_of(const LadderCase& one, std::span<const LadderVariant> variants) {
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const LadderVariant& v) { return v.name == one.variant; });
  if (found != variants.end()) return *found;
  throw Error("the file has a case of " + one.variant +
              ", which this program does not know: build both programs from the same commit");
}

/// A kernel that the file left out would otherwise count as one that agrees.
void check_complete(std::span<const LadderCase> cases, std::span<const LadderVariant> variants) {
  for (const LadderCase& one : cases) variant_of(one, variants);
  for (const LadderVariant& variant : variants) {
    for (const std::string_view data : {kIntegers, kRandom}) {
      const bool present = std::any_of(cases.begin(), cases.end(), [&](const LadderCase& one) {
        return one.variant == variant.name && one.data == data;
      });
      if (!present) {
        throw Error("the file has no case of " + std::string(variant.name) + " with " +
                    std::string(data) + ": build both programs from the same commit");
      }
    }
  }
}

std::optional<std::string> disagreement(const LadderCase& one, const DeviceOutcome& outcome) {
  if (!outcome.fault.empty()) {
    return "the GPU says: " + outcome.fault + "; the emulator found no fault";
  }
  return difference(one, outcome.c);
}

}  // namespace

int judge(std::span<const LadderCase> cases, std::span<const LadderVariant> variants,
          const DeviceRun& run, std::ostream& out) {
  check_complete(cases, variants);
  int wrong = 0;
  int tried = 0;
  for (const LadderCase& one : cases) {
    const DeviceOutcome outcome = run(variant_of(one, variants), one);
    ++tried;
    const auto why = disagreement(one, outcome);
    if (!why) {
      out << "agrees " << (is_exact(one) ? "bit for bit" : "within the rounding") << ": "
          << one.name() << std::endl;
      continue;
    }
    ++wrong;
    out << "disagrees: " << one.name() << ": " << *why << '\n'
        << "the emulator is wrong here: " << one.name()
        << ": what the GPU does is right; correct kernels/emulator, or the device layer's "
           "twins if they are not the same instruction"
        << std::endl;
    if (outcome.lost) break;
  }
  const auto left = static_cast<int>(cases.size()) - tried;
  out << tried - wrong << " cases agree, " << wrong << " disagree, " << left << " not tried"
      << std::endl;
  return wrong == 0 ? 0 : 1;
}

}  // namespace assay::gpu
