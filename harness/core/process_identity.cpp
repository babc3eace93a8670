// Tells documents apart by the run and the process that they name.
#include "harness/core/process_identity.h"

#include <fmt/format.h>

#include "harness/core/content_hash.h"
#include "harness/core/error.h"

namespace assay {

bool has_nodes_elsewhere(const Result& result) {
  return result.fabric.has_value() && result.nodes.empty();
}

std::string process_of(const Result& result) {
  if (has_nodes_elsewhere(result)) return result.run.id + " between nodes";
  if (result.run.rank) return fmt::format("{} rank {}", result.run.id, *result.run.rank);
  return result.run.world_size == 1 ? result.run.id + " alone" : "";
}

void DistinctDocuments::add(const std::string& file, const Result& result) {
  const std::string process = process_of(result);
  const auto [known, is_new] =
      files_.emplace(process.empty() ? content_sha256(result) : process, file);
  if (!is_new)
    throw Error(
        fmt::format("{} and {} are both what one process of run {} wrote: a copy, changed or not, "
                    "is not another run; leave one of them out",
                    known->second, file, result.run.id));
}

}  // namespace assay
