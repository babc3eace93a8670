// Names by profile and time, and checks early that they can be written.
#include "harness/run/folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/json_files.h"
#include "harness/core/output.h"
#include "harness/measure/node.h"

namespace assay::run {

namespace fs = std::filesystem;

fs::path default_file(const std::string& profile_name) {
  return default_folder(profile_name).string() + ".json";
}

fs::path default_folder(const std::string& profile_name) {
  std::string time = utc_now();  // 2026-11-23T17:40:00.123Z
  time.erase(time.find('.'));
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("assay-{}-{}Z", profile_name, time);
}

DocumentPlaces file_place(const fs::path& file, bool force, const std::vector<fs::path>& inputs) {
  refuse_output({file, document_of(DocumentKind::result), force, inputs});
  return {file, file, {}, ""};
}

DocumentPlaces folder_places(const fs::path& folder, int rank, bool force) {
  if (is_standard_output(folder))
    throw Error("-o - is for one document: several ranks leave a folder of them, so name one");
  const std::string taken = force ? "" : why_folder_is_taken(folder);
  std::error_code failure;
  fs::create_directories(folder / "nodes", failure);
  const bool writable = !failure && access((folder / "nodes").c_str(), W_OK | X_OK) == 0 &&
                        access(folder.c_str(), W_OK | X_OK) == 0;
  if (!writable)
    throw Error(
        fmt::format("cannot write into the folder {}: {}; with several ranks -o names a "
                    "folder",
                    folder.string(), failure ? failure.message() : std::strerror(errno)));
  std::string node;
  for (const char c : node_name())
    node += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return {folder, folder / "nodes" / fmt::format("rank{:04}-{}.json", rank, node.substr(0, 200)),
          folder / "fabric.json", taken};
}

void clear_folder(const DocumentPlaces& places) {
  std::vector<fs::path> files = json_files(places.node.parent_path());
  files.push_back(places.between_ranks);
  const OutputKind result = document_of(DocumentKind::result);
  for (const fs::path& file : files) {
    std::error_code ignored;  // another rank that shares the folder may be faster
    if (is_one(result, file)) fs::remove(file, ignored);
  }
}

}  // namespace assay::run
