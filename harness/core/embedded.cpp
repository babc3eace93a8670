// Looks up what embed.cmake compiled in.
#include "harness/core/embedded.h"

#include "harness/core/error.h"

namespace assay {

std::string_view embedded_file(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name == name) return file.text;
  }
  throw Error("the executable holds no file named " + std::string(name));
}

std::vector<EmbeddedFile> embedded_folder(std::string_view folder) {
  std::vector<EmbeddedFile> found;
  for (const EmbeddedFile& file : embedded_files()) {
    const bool inside = file.name.starts_with(folder) && file.name.size() > folder.size() &&
                        file.name[folder.size()] == '/';
    if (inside) found.push_back(file);
  }
  return found;
}

}  // namespace assay
