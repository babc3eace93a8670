// The files of results-schema/ that are embedded in the executable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct EmbeddedFile {
  std::string_view name;  // as in results-schema/, e.g. `profiles/quick.json`
  std::string_view text;
};

/// Sorted by name.
const std::vector<EmbeddedFile>& embedded_files();
/// The text of the file of that name; throws Error when there is none.
std::string_view embedded_file(std::string_view name);
/// The files of a folder, e.g. `baselines`.
std::vector<EmbeddedFile> embedded_folder(std::string_view folder);

}  // namespace assay
