// The mark is made by O_EXCL: of two commands at once one alone makes it.
#include "harness/cli/reserved_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/core/error.h"

namespace assay::cli {

namespace fs = std::filesystem;

ReservedFolder::ReservedFolder(fs::path folder)
    : folder_(std::move(folder)), mark_(folder_ / ".assay-writes-here") {
  std::error_code failure;
  is_made_ = fs::create_directories(folder_, failure);
  if (failure)
    throw Error(fmt::format("cannot make the folder {}: {}", folder_.string(), failure.message()));
  const int file = ::open(mark_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST)
    throw Error(
        fmt::format("another command writes into {}: name another folder; if none does, "
                    "delete {}",
                    folder_.string(), mark_.string()));
  if (file < 0)
    throw Error(
        fmt::format("cannot write into the folder {}: {}", folder_.string(), std::strerror(errno)));
  ::close(file);
}

ReservedFolder::~ReservedFolder() {
  std::error_code ignored;
  fs::remove(mark_, ignored);
  if (is_made_) fs::remove(folder_, ignored);  // unless something is in it
}

}  // namespace assay::cli
