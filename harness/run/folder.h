// Where the documents of a run are: one file, or a folder of them.
#pragma once

#include <filesystem>
#include <string>

namespace assay::run {

struct DocumentPlaces {
  std::filesystem::path where;          // the file, or the folder: as the user knows it
  std::filesystem::path node;           // of this process
  std::filesystem::path between_ranks;  // empty: in the node's document
};

/// `./assay-<profile>-<UTC>.json`, and the same without .json.
std::filesystem::path default_file(const std::string& profile_name);
std::filesystem::path default_folder(const std::string& profile_name);

/// Of a process alone. Throws Error when no file can be made there (a folder, no such folder, not
/// writable), before anything has been measured for it.
DocumentPlaces file_place(const std::filesystem::path& file);
/// Of one of several; `nodes/` has the nodes' documents. Makes the folder, throws Error where it
/// cannot be made or written.
DocumentPlaces folder_places(const std::filesystem::path& folder, int rank);

}  // namespace assay::run
