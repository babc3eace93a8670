// Asks each vendor library for its version, through its own function.
#include "harness/measure/vendor_versions.h"

#include <fmt/format.h>

#include <cstddef>

#include "harness/measure/library.h"

namespace assay {

namespace {

/// Splits 130000 into 13.0, 21805 into 2.18.5, … by each library's own divisors.
std::string dotted(std::size_t version, std::size_t major, std::size_t minor, bool patch) {
  std::string text = fmt::format("{}.{}", version / major, version % major / minor);
  if (patch) text += fmt::format(".{}", version % minor);
  return text;
}

/// A library whose version comes from `size_t function()`.
std::string by_return(const char* soname, const char* function, std::size_t major,
                      std::size_t minor) {
  const auto library = Library::find(soname);
  const auto get = library ? library->find_sym<std::size_t (*)()>(function) : nullptr;
  return get ? dotted(get(), major, minor, true) : "absent";
}

/// A library whose version comes from `int function(int*)`, 0 on success.
std::string by_pointer(const char* soname, const char* function, std::size_t major,
                       std::size_t minor, bool patch) {
  const auto library = Library::find(soname);
  const auto get = library ? library->find_sym<int (*)(int*)>(function) : nullptr;
  int version = 0;
  if (!get || get(&version) != 0) return "absent";
  return dotted(static_cast<std::size_t>(version), major, minor, patch);
}

std::string driver_version() {
  const auto library = Library::find("libnvidia-ml.so.1");
  const auto init = library ? library->find_sym<int (*)()>("nvmlInit_v2") : nullptr;
  const auto get =
      library ? library->find_sym<int (*)(char*, unsigned)>("nvmlSystemGetDriverVersion") : nullptr;
  char text[96] = {};
  if (!init || !get || init() != 0 || get(text, sizeof text) != 0) return "absent";
  return text;
}

}  // namespace

std::map<std::string, std::string> vendor_versions() {
  return {
      {"driver", driver_version()},
      {"cuda_driver_api", by_pointer("libcuda.so.1", "cuDriverGetVersion", 1000, 10, false)},
      {"cublaslt", by_return("libcublasLt.so.13", "cublasLtGetVersion", 10000, 100)},
      {"cudnn", by_return("libcudnn.so.9", "cudnnGetVersion", 10000, 100)},
      {"nccl", by_pointer("libnccl.so.2", "ncclGetVersion", 10000, 100, true)},
  };
}

}  // namespace assay
