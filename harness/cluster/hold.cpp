// Two hidden files: `.ended` with the exit code, `.collected`.
#include "harness/cluster/hold.h"

#include <cstdlib>

#include "harness/core/document.h"

namespace assay::cluster {

namespace fs = std::filesystem;

HeldFolder::HeldFolder(fs::path folder) : folder_(std::move(folder)) {}

void HeldFolder::set_ended(int exit_code) const {
  write_text(std::to_string(exit_code) + "\n", folder_ / ".ended");
}

std::optional<int> HeldFolder::ended() const {
  std::error_code ignored;
  if (!fs::exists(folder_ / ".ended", ignored)) return std::nullopt;
  return std::atoi(read_text(folder_ / ".ended").c_str());
}

void HeldFolder::acknowledge() const { write_text("", folder_ / ".collected"); }

bool HeldFolder::acknowledged() const {
  std::error_code ignored;
  return fs::exists(folder_ / ".collected", ignored);
}

}  // namespace assay::cluster
