// Small whole numbers in every element's own bits: what exact checks are made of.
#pragma once

#include <optional>
#include <string>

#include "collectives/communicator.h"

namespace assay {

/// The element of a case id's dtype; none for one that no collective moves (tf32).
std::optional<Element> element_of(const std::string& dtype);

/// Every whole number from -limit to limit is exact, and so is every sum that stays there.
int exact_limit(Element element);

/// The bits of a whole number within the limit, in the low size_of(element) bytes. Zero is +0.
std::uint32_t bits_of(Element element, int value);

/// The element as a reader sees it, whatever its bits are.
double value_of(Element element, std::uint32_t bits);

std::uint32_t load_bits(Element element, const std::byte* at);
void store_bits(Element element, std::uint32_t bits, std::byte* at);

}  // namespace assay
