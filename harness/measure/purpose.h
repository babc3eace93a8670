// What a run does with its cases.
#pragma once

namespace assay {

/// A case that is only verified is prepared without timing anything, and of what it could choose
/// among by timing, everything of ours is verified.
enum class Purpose { timing, verification };

}  // namespace assay
