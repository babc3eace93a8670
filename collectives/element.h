// Small whole numbers in every element's own bits: what exact checks are made of.
#pragma once

#include <optional>
#include <string>

#include "collectives/communicator.h"

namespace assay {

/// The element of a case id's dtype; none for one that no collective moves (tf32).
std::optional<MovedElement> element_of(const std::string& dtype);

/// Every whole number from -limit to limit is exact, and so is every sum that stays there.
int exact_limit(MovedElement element);

/// The bits of a whole number within the limit, in the low width_of(element) bytes. Zero is +0.
std::uint32_t bits_of(MovedElement element, int value);

/// The element as a reader sees it, whatever its bits are.
double value_of(MovedElement element, std::uint32_t bits);

std::uint32_t load_bits(MovedElement element, const std::byte* at);
void store_bits(MovedElement element, std::uint32_t bits, std::byte* at);

}  // namespace assay
