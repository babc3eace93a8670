// Variants of a library, named by a suffix of the implementation: `nccl_ring`, `nccl_in_place`.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace assay {

struct Variant {
  std::string algorithm;  // forced on the library; empty: its own choice
  bool in_place = false;
  bool registered = false;  // buffers are registered with the library
};

/// Nothing if `library` has no such implementation.
std::optional<Variant> variant_of(const std::string& library, const std::string& implementation);

/// Every implementation of a collective by `library` except the plain one.
std::vector<std::string> variants_of(const std::string& library);

/// The algorithms that `implementations` force, each once.
std::vector<std::string> forced_algorithms(const std::string& library,
                                           const std::vector<std::string>& implementations);

}  // namespace assay
