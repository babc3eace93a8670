// The input pattern of what is timed on devices, as measurements and baselines name it.
#pragma once

namespace assay {

/// Standard normal deviates: timing never sees zeros or constants, which take less power.
inline constexpr const char* kNormalInputs = "normal";

}  // namespace assay
