// The expected output as segments of numbers that every rank knows, and the first element that
// differs from it.
#pragma once

#include <optional>
#include <vector>

#include "collectives/inputs.h"
#include "harness/measure/device.h"

namespace assay {

inline constexpr int kSumOverRanks = -1;

/// A segment of an output. Each begins where the previous one ends.
struct Segment {
  std::size_t count = 0;  // elements
  int whose = 0;          // the rank whose numbers it holds, or kSumOverRanks
  std::size_t index = 0;  // of its first element among those numbers
};

struct WrongElement {
  std::size_t index;  // in the output
  double value, expected;
};

/// Compares every element of the segments bit by bit, in the output's own memory. Elements after
/// the last segment are ignored. Throws Error if the output is shorter than the segments.
std::optional<WrongElement> first_wrong(Device& device, Buffer& output,
                                        const std::vector<Segment>& segments,
                                        const ExactInputs& inputs);

}  // namespace assay
