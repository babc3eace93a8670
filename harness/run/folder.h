// Where the documents of a run are: one file, or a folder of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::run {

struct DocumentPlaces {
  std::filesystem::path where;          // the file or the folder, as the user named it
  std::filesystem::path node;           // of this process
  std::filesystem::path between_ranks;  // empty: in the node's document
  std::string taken;                    // why the folder may not be written to; empty: it may
};

/// `./assay-<profile>-<UTC>.json`, and the same without .json.
std::filesystem::path default_file(const std::string& profile_name);
std::filesystem::path default_folder(const std::string& profile_name);

/// The places for a single process. Throws Error, before anything is measured, when the file cannot
/// be created or a file of another kind may not be replaced (core's refuse_output).
DocumentPlaces file_place(const std::filesystem::path& file, bool force,
                          const std::vector<std::filesystem::path>& inputs);
/// The places for one of several processes; `nodes/` has the nodes' documents. Creates the folder;
/// throws Error if it cannot be created or written. Several ranks may share the folder, so this
/// checks whether it is taken before any rank writes. A taken folder becomes an error only after
/// the ranks have met.
DocumentPlaces folder_places(const std::filesystem::path& folder, int rank, bool force);
/// Removes the result documents of an earlier run, which are not part of the next one.
void clear_folder(const DocumentPlaces& places);

}  // namespace assay::run
