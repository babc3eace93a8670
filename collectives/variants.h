// What an implementation's name asks for beside the library: `nccl_ring`, `nccl_in_place`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace assay {

struct Variant {
  std::string algorithm;  // to which the library is forced; empty: its own choice
  bool in_place = false;
  bool registered = false;  // in memory that the library was told of beforehand
};

/// Nothing where `library` has no such implementation.
std::optional<Variant> variant_of(const std::string& library, const std::string& implementation);

/// Every implementation of a collective by `library` beside its plain one.
std::vector<std::string> variants_of(const std::string& library);

/// The algorithms that one of `implementations` forces, each once.
std::vector<std::string> forced_algorithms(const std::string& library,
                                           const std::vector<std::string>& implementations);

}  // namespace assay
