// The folder of a run of many ranks: one document a node, one of the fabric, each naming the rest.
#pragma once

#include <filesystem>
#include <string>

#include "collectives/rendezvous/client.h"
#include "harness/run/document.h"

namespace assay::cli {

class FabricFolder {
 public:
  /// Makes the folder; throws Error where it cannot be made or written.
  explicit FabricFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return folder_; }
  std::filesystem::path fabric_document() const { return folder_ / "fabric.json"; }
  std::filesystem::path node_document(int rank, const std::string& node) const;

 private:
  std::filesystem::path folder_;
};

/// Where a run of many ranks writes when no folder was named.
std::filesystem::path default_folder(const std::string& profile_name);

/// Ends every document with `status`: each learns the names and SHA-256 of the others, and rank 0
/// gets every node's. `fabric` is null but on rank 0.
void end_documents(rendezvous::Client& client, const FabricFolder& folder, RunStatus status,
                   RunDocument& node, RunDocument* fabric);

}  // namespace assay::cli
