// Where the documents of a run are: one file, or a folder of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::run {

struct DocumentPlaces {
  std::filesystem::path where;          // the file, or the folder: as the user knows it
  std::filesystem::path node;           // of this process
  std::filesystem::path between_ranks;  // empty: in the node's document
  std::string taken;                    // why the folder may not be written into; empty: it may
};

/// `./assay-<profile>-<UTC>.json`, and the same without .json.
std::filesystem::path default_file(const std::string& profile_name);
std::filesystem::path default_folder(const std::string& profile_name);

/// Of a process alone. Throws Error when no file can be made there, or one of another kind may not
/// be replaced (core's refuse_output), before anything has been measured for it.
DocumentPlaces file_place(const std::filesystem::path& file, bool force,
                          const std::vector<std::filesystem::path>& inputs);
/// Of one of several; `nodes/` has the nodes' documents. Makes the folder, throws Error where it
/// cannot be made or written. Whether it is taken is looked at here, before any rank writes,
/// because several may share it; that it is taken is no error until the ranks have met.
DocumentPlaces folder_places(const std::filesystem::path& folder, int rank, bool force);
/// Removes the result documents that an earlier run left there: they are no part of the next one.
void clear_folder(const DocumentPlaces& places);

}  // namespace assay::run
