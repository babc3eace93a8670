// A vendor library loaded at run time, so that one binary serves machines with and without it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/error.h"

namespace assay {

/// An open shared library, closed with the object.
class Library {
 public:
  /// Opens `soname` (`libcublasLt.so.13`) from the first place that has it: the folders of
  /// $ASSAY_CUDA_LIBS, the loader's own search, the CUDA toolkit's folder, then the NVIDIA wheels
  /// of the Python environments. Throws Error (exit 3) naming the library and where it was sought.
  static Library open(const std::string& soname);
  /// The same, but nothing when no place has it; `reason`, if given, then says why.
  static std::optional<Library> find(const std::string& soname, std::string* reason = nullptr);

  Library(Library&& other) noexcept;
  Library& operator=(Library&& other) noexcept;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  /// The function `name`; T is a function type or pointer to one, usually
  /// `decltype(&cublasLtCreate)`. Throws Error (exit 3) naming the symbol and the library that
  /// lacks it.
  template <class T>
  T sym(const char* name) const {
    return reinterpret_cast<T>(address(name));
  }
  /// The same, but null when the library is too old (or too new) to have it.
  template <class T>
  T find_sym(const char* name) const {
    return reinterpret_cast<T>(find_address(name));
  }

  /// The file that was opened, as the loader resolved it.
  const std::string& path() const { return path_; }

 private:
  Library(void* handle, std::string soname);
  void* address(const char* name) const;
  void* find_address(const char* name) const;

  void* handle_ = nullptr;
  std::string soname_, path_;
};

/// What Library::open tries for `soname`, in order: paths, and the bare soname.
std::vector<std::string> library_candidates(const std::string& soname);

}  // namespace assay
