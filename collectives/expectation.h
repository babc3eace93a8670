// What must stand in an output, as stretches of numbers that every rank knows; and the first that
// does not.
#pragma once

#include <optional>
#include <vector>

#include "collectives/inputs.h"
#include "harness/measure/device.h"

namespace assay {

inline constexpr int kSumOverRanks = -1;

/// A stretch of an output. It begins where the one before it ends, the first with the output.
struct Segment {
  std::size_t count = 0;  // elements
  int whose = 0;          // numbers: a rank's, or kSumOverRanks
  std::size_t index = 0;  // of the number that its first element must be
};

struct WrongElement {
  std::size_t index;  // in the output
  double value, expected;
};

/// Compares every element of the segments bit for bit, where the output lies; what is behind the
/// last of them is not looked at. Throws Error where the output ends before they do.
std::optional<WrongElement> first_wrong(Device& device, Buffer& output,
                                        const std::vector<Segment>& segments,
                                        const ExactInputs& inputs);

}  // namespace assay
