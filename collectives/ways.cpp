// The suffixes of implementations.
#include "collectives/ways.h"

#include <algorithm>

namespace assay {

std::optional<Way> way_of(const std::string& library, const std::string& implementation) {
  if (implementation == library) return Way{};
  if (!implementation.starts_with(library + "_")) return std::nullopt;
  const std::string suffix = implementation.substr(library.size() + 1);
  if (suffix == "in_place") return Way{"", true, false};
  if (suffix == "registered") return Way{"", false, true};
  for (const char* algorithm : {"ring", "tree", "nvls"})
    if (suffix == algorithm) return Way{algorithm, false, false};
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
    const auto way = way_of(library, implementation);
    if (!way || way->algorithm.empty()) continue;
    if (std::find(algorithms.begin(), algorithms.end(), way->algorithm) == algorithms.end())
      algorithms.push_back(way->algorithm);
  }
  return algorithms;
}

}  // namespace assay
