// Loads NVML and starts it.
#include "harness/measure/nvml.h"

#include <fmt/format.h>

namespace assay {

std::shared_ptr<Nvml> Nvml::load(std::string* reason) {
  std::optional<Library> library = Library::find("libnvidia-ml.so.1", reason);
  if (!library) return nullptr;
  const auto init = library->find_sym<int (*)()>("nvmlInit_v2");
  const int code = init ? init() : -1;
  if (code != nvml::kSuccess) {
    if (reason) *reason = fmt::format("{} does not initialise: error {}", library->path(), code);
    return nullptr;
  }
  return std::shared_ptr<Nvml>(new Nvml(std::move(*library)));
}

Nvml::~Nvml() {
  if (const auto shutdown = library_.find_sym<int (*)()>("nvmlShutdown")) shutdown();
}

}  // namespace assay
