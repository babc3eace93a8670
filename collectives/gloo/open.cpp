// The module's bytes go into a memory file, so that one executable is all there is to copy.
#include "collectives/gloo/open.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "harness/measure/threads.h"

namespace assay {

/// Empty where the build left the module out.
std::span<const char> gloo_module_bytes();

namespace {

struct OpenedGloo {
  ConnectGloo* connect = nullptr;
  std::string failure;
};

/// The whole of `bytes` in a file that no folder names; its path, or why there is none.
int memory_file(std::span<const char> bytes, std::string& failure) {
  const int file = memfd_create("assay-gloo", MFD_CLOEXEC);
  if (file < 0) {
    failure = std::string("no memory file can be made: ") + std::strerror(errno);
    return -1;
  }
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0) {
      failure = std::string("the memory file cannot be written: ") + std::strerror(errno);
      close(file);
      return -1;
    }
    done += static_cast<std::size_t>(count);
  }
  return file;
}

/// The loader's own words begin with our memory file's name, which says nothing to anybody.
std::string loader_words() {
  const char* words = dlerror();
  const std::string text = words == nullptr ? "the loader does not say why" : words;
  const std::size_t colon = text.find(": ");
  return text.starts_with("/proc/") && colon != text.npos ? text.substr(colon + 2) : text;
}

OpenedGloo open_module() {
  OpenedGloo opened;
  const std::span<const char> bytes = gloo_module_bytes();
  if (bytes.empty()) {
    opened.failure = "this executable was built without Gloo";
    return opened;
  }
  const int file = memory_file(bytes, opened.failure);
  if (file < 0) return opened;
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  // Never closed: its code runs until the process ends.
  void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    opened.failure = loader_words() + ": install libgloo0 (Debian 12) or libgloo.so.0";
  } else {
    opened.connect = reinterpret_cast<ConnectGloo*>(dlsym(module, kConnectGloo));
    if (opened.connect == nullptr) opened.failure = loader_words();
  }
  close(file);
  return opened;
}

const OpenedGloo& opened_gloo() {
  static const OpenedGloo opened = open_module();
  return opened;
}

}  // namespace

std::string why_no_gloo() { return opened_gloo().failure; }

std::unique_ptr<Communicator> open_gloo(const GlooOptions& options) {
  if (opened_gloo().connect == nullptr)
    throw Error("Gloo is needed and cannot be used: " + opened_gloo().failure, ExitCode::missing);
  require_threads(2, "Gloo");  // its own one beside the caller's
  return std::unique_ptr<Communicator>(opened_gloo().connect(options));
}

}  // namespace assay
