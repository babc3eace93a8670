// The suffixes of implementations.
#include "collectives/variants.h"

#include <algorithm>

namespace assay {

std::optional<Variant> variant_of(const std::string& library, const std::string& implementation) {
  if (implementation == library) return Variant{};
  if (!implementation.starts_with(library + "_")) return std::nullopt;
  const std::string suffix = implementation.substr(library.size() + 1);
  if (suffix == "in_place") return Variant{"", true, false};
  if (suffix == "registered") return Variant{"", false, true};
  for (const char* algorithm : {"ring", "tree", "nvls"})
    if (suffix == algorithm) return Variant{algorithm, false, false};
  return std::nullopt;
}

std::vector<std::string> variants_of(const std::string& library) {
  std::vector<std::string> variants;
  for (const char* suffix : {"in_place", "registered", "ring", "tree", "nvls"})
    variants.push_back(library + "_" + suffix);
  return variants;
}

std::vector<std::string> forced_algorithms(const std::string& library,
                                           const std::vector<std::string>& implementations) {
  std::vector<std::string> algorithms;
  for (const std::string& implementation : implementations) {
    const auto variant = variant_of(library, implementation);
    if (!variant || variant->algorithm.empty()) continue;
    if (std::find(algorithms.begin(), algorithms.end(), variant->algorithm) == algorithms.end())
      algorithms.push_back(variant->algorithm);
  }
  return algorithms;
}

}  // namespace assay
