// Opens vendor libraries: the search order, and messages that say where was looked.
#include "harness/measure/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace assay {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> environment_paths(const char* variable) {
  std::vector<std::string> paths;
  const char* value = std::getenv(variable);
  std::istringstream stream(value ? value : "");
  for (std::string part; std::getline(stream, part, ':');) {
    if (!part.empty()) paths.push_back(part);
  }
  return paths;
}

/// `<prefix>/lib/python3.*/{site,dist}-packages`, newest Python first.
void add_python_folders(const fs::path& prefix, std::vector<fs::path>& to) {
  std::error_code ignored;
  std::vector<fs::path> pythons;
  for (const fs::directory_entry& entry : fs::directory_iterator(prefix / "lib", ignored)) {
    if (entry.path().filename().string().starts_with("python3")) pythons.push_back(entry.path());
  }
  std::sort(pythons.rbegin(), pythons.rend());
  for (const fs::path& python : pythons) {
    for (const char* packages : {"site-packages", "dist-packages"}) {
      if (fs::is_directory(python / packages, ignored)) to.push_back(python / packages);
    }
  }
}

std::vector<fs::path> site_packages() {
  std::vector<fs::path> folders;
  for (const std::string& path : environment_paths("PYTHONPATH")) folders.emplace_back(path);
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    if (const char* prefix = std::getenv(variable)) add_python_folders(prefix, folders);
  }
  if (const char* home = std::getenv("HOME")) {
    add_python_folders(fs::path(home) / ".local", folders);
  }
  add_python_folders("/usr/local", folders);
  add_python_folders("/usr", folders);
  return folders;
}

std::string resolved_path(void* handle, const std::string& asked) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map && map->l_name && *map->l_name) {
    return map->l_name;
  }
  return asked;
}

}  // namespace

std::vector<std::string> library_candidates(const std::string& soname) {
  std::vector<std::string> candidates;
  for (const std::string& folder : environment_paths("ASSAY_CUDA_LIBS")) {
    candidates.push_back((fs::path(folder) / soname).string());
  }
  candidates.push_back(soname);
  candidates.push_back("/usr/local/cuda/lib64/" + soname);
  // Where the wheels keep them: cuBLAS and cudart, cuDNN, NCCL.
  for (const fs::path& packages : site_packages()) {
    for (const char* folder : {"nvidia/cu13/lib", "nvidia/cudnn/lib", "nvidia/nccl/lib"}) {
      const fs::path path = packages / folder / soname;
      std::error_code ignored;
      if (fs::exists(path, ignored)) candidates.push_back(path.string());
    }
  }
  return candidates;
}

std::optional<Library> Library::find(const std::string& soname, std::string* reason) {
  std::string broken;  // a file that is there and does not load says more than one that is absent
  for (const std::string& candidate : library_candidates(soname)) {
    const bool is_path = candidate.find('/') != std::string::npos;
    std::error_code ignored;
    if (is_path && !fs::exists(candidate, ignored)) continue;
    // Never unmapped: vendor libraries leave threads and thread-local destructors behind.
    if (void* handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
      return Library(handle, soname);
    }
    const char* said = dlerror();
    if (is_path && broken.empty()) broken = said ? said : candidate;
  }
  if (reason) {
    *reason = broken.empty() ? fmt::format(
                                   "{} was not found in $ASSAY_CUDA_LIBS, the loader's search "
                                   "path, /usr/local/cuda/lib64 or a Python environment",
                                   soname)
                             : fmt::format("{} does not load: {}", soname, broken);
  }
  return std::nullopt;
}

Library Library::open(const std::string& soname) {
  std::string reason;
  if (std::optional<Library> library = find(soname, &reason)) return std::move(*library);
  throw Error(reason + "; install it or name its folder in ASSAY_CUDA_LIBS", ExitCode::missing);
}

Library::Library(void* handle, std::string soname)
    : handle_(handle), soname_(std::move(soname)), path_(resolved_path(handle, soname_)) {}

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      soname_(std::move(other.soname_)),
      path_(std::move(other.path_)) {}

Library& Library::operator=(Library&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(soname_, other.soname_);
  std::swap(path_, other.path_);
  return *this;
}

Library::~Library() {
  if (handle_) dlclose(handle_);
}

void* Library::find_address(const char* name) const { return dlsym(handle_, name); }

void* Library::address(const char* name) const {
  if (void* found = find_address(name)) return found;
  throw Error(fmt::format("{} has no function {}: this version of the library is not supported",
                          path_, name),
              ExitCode::missing);
}

}  // namespace assay
