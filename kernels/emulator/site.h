// Where in a kernel an instruction stands, and what a test changes there to plant a bug.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <source_location>
#include <string>

namespace assay::emulator {

/// One call of the device layer: the instruction's name and the line of the kernel that calls it.
struct Site {
  const char* instruction = "";
  std::source_location at{};

  /// The same line of another instance of a template is another place: kernels share functions, and
  /// each use of one is to be deleted by itself.
  bool same_place(const Site& other) const {
    return at.line() == other.at.line() && at.column() == other.at.column() &&
           same_text(at.file_name(), other.at.file_name()) &&
           same_text(at.function_name(), other.at.function_name());
  }
  /// "mbarrier.arrive at kernels/ladder/tma_copy.cuh:41", from the repository's root.
  std::string text() const;

 private:
  /// Of one unit the texts are usually one text.
  static bool same_text(const char* one, const char* other) {
    return one == other || std::strcmp(one, other) == 0;
  }
};

/// A bug planted at every execution of one site.
struct Mutation {
  enum class Kind { kRemove, kRepeat, kChange, kMove };
  Kind kind = Kind::kRemove;
  Site site;
  /// kChange: what becomes of the instruction's number (a count, bytes, a parity, groups to leave
  /// pending). kMove: what becomes of the address that it names.
  std::function<std::uint64_t(std::uint64_t)> change;
};

}  // namespace assay::emulator
