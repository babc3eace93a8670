// All that lies below a folder.
#pragma once

#include <filesystem>
#include <functional>

namespace assay {

/// Visits every entry below `folder`, in no order. Links to folders are visited and not followed.
/// Throws Error for a folder that cannot be read.
void visit_below(const std::filesystem::path& folder,
                 const std::function<void(const std::filesystem::directory_entry&)>& visit);

}  // namespace assay
