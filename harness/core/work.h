// What one iteration of a case computes and moves, and the least time that hardware allows for it.
//
// Runs compute with it what a document says of a rate, and `check` computes it again: the two must
// agree. The conventions are those of kernels/README.md.
#pragma once

#include <optional>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// Of one iteration. Zero: does not apply.
struct Work {
  double flop = 0;
  double moved_bytes = 0;
  /// The rate of the link that the bytes cross, zero if unknown. Absent: they go to the device's
  /// memory.
  std::optional<double> link_bytes_per_s = std::nullopt;
};

/// FLOP by the convention of the workload, zero for one that only moves data; nothing for a
/// workload or a shape that has no convention here.
std::optional<double> flop_of(const CaseId& id);

/// Bytes to and from memory, or across a link; nothing where they depend on how the implementation
/// stores its operands.
std::optional<double> moved_bytes_of(const CaseId& id);

struct LeastTime {
  double seconds = 0;
  const char* bound = "";  ///< compute | memory | link
};

/// The least time that the device's arithmetic and its memory (or the link that the bytes cross)
/// allow for this work: nothing where it is not known. Memory bounds a cold series only, because a
/// hot one may run from cache.
std::optional<LeastTime> least_time(const Work& work, const SpeedOfLight& light, const CaseId& id,
                                    Series series);

struct LightFraction {
  double value = 0;
  const char* bound = "";  ///< compute | memory | link
};

/// That time over the median. Nothing above 2: then the figure is no bound, and says nothing.
std::optional<LightFraction> fraction_of_light(const Work& work, const SpeedOfLight& light,
                                               const CaseId& id, Series series, double median_s);

}  // namespace assay
