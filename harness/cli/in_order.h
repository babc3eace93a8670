// Documents one after another, read on all processors.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "harness/core/result.h"

namespace assay::cli {

/// Reads a document over what the result held.
using ReadDocument = std::function<void(const std::filesystem::path&, Result&)>;
/// Takes out of the next documents what it wants, others are read into the rest; false: it wants no
/// more.
using TakeDocuments = std::function<bool(std::vector<Result>&)>;

/// Reads the documents with `read`, on several threads, refuses those that contradict themselves,
/// and hands them over in the order of `paths`, a few at a time: `take` is called by one thread at
/// a time while others read on, and no more than some tens of documents wait for it. Of several
/// documents that are refused the first one's reason is thrown, also after `take` was given those
/// before it.
void read_in_order(const std::vector<std::filesystem::path>& paths, const ReadDocument& read,
                   const TakeDocuments& take);

}  // namespace assay::cli
