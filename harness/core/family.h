// The part of a device that a workload is about: what is slow in one is slow in all of its cases.
#pragma once

#include <optional>
#include <string_view>

namespace assay {

enum class Family { compute, memory, links };

/// Nothing for a workload between ranks, which is of no one device, and for an unknown one.
std::optional<Family> family_of(std::string_view workload);

const char* name(Family family);
/// Nothing for a text that is none.
std::optional<Family> family_named(std::string_view text);

}  // namespace assay
