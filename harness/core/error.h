// The one exception type of a failed run, and the exit codes of the command line.
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace assay {

/// The exit code of the process. `failed` is a measured failure (a verdict); `broken` and `missing`
/// are not.
enum class ExitCode { passed = 0, failed = 1, broken = 2, missing = 3 };

/// Thrown when a run cannot continue or an input is invalid. Caught once, in main, which prints one
/// line and returns `code`. The message says what was attempted, where, and what to do about it.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode code = ExitCode::broken,
                 std::source_location where = std::source_location::current())
      : std::runtime_error(message), code_(code), where_(where) {}

  ExitCode code() const { return code_; }
  const std::source_location& where() const { return where_; }

 private:
  ExitCode code_;
  std::source_location where_;
};

}  // namespace assay
