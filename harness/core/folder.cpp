// Refuses a subfolder that cannot be read, because its files would be left out silently.
#include "harness/core/folder.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay {

namespace fs = std::filesystem;

void visit_below(const fs::path& folder,
                 const std::function<void(const fs::directory_entry&)>& visit) {
  std::error_code failure;
  fs::path reached = folder;
  auto entry = fs::recursive_directory_iterator(folder, failure);
  while (!failure && entry != fs::recursive_directory_iterator()) {
    reached = entry->path();
    visit(*entry);
    entry.increment(failure);
  }
  if (failure)
    throw Error(fmt::format("cannot read the folder {}: {}", reached.string(), failure.message()));
}

}  // namespace assay
