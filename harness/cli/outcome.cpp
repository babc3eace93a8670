// The end of a run as its user sees it: an exit code, and which command to type next.
#include "harness/cli/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <string_view>

#include "harness/core/number_of.h"
#include "harness/core/print.h"
#include "harness/core/profile.h"

namespace assay::cli {

namespace {

std::size_t count(const Result& result, MeasurementStatus status) {
  return static_cast<std::size_t>(
      std::count_if(result.measurements.begin(), result.measurements.end(),
                    [&](const Measurement& measurement) { return measurement.status == status; }));
}

bool any_verified(const Result& result) {
  return std::any_of(result.measurements.begin(), result.measurements.end(),
                     [](const Measurement& one) { return one.verification.has_value(); });
}

std::string cases(std::size_t n) { return number_of(n, "case"); }

/// As a shell takes it: quoted when it must be.
std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("_./-+=,@%").find(c) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string check_line(const std::string& path, const std::string& profile) {
  const auto known = builtin_profile_names();
  std::string line = "assay check " + shell_word(path);
  if (std::find(known.begin(), known.end(), profile) == known.end())
    line += " --profile " + shell_word(profile);
  return line;
}

ExitCode outcome(const Result& result, bool verify_only) {
  const std::size_t wrong = count(result, MeasurementStatus::failed_verification);
  const std::size_t broken = count(result, MeasurementStatus::error);
  if (wrong + broken > 0) {
    print(stderr, fmt::format("assay: {} failed verification and {} ended in an error\n",
                              cases(wrong), cases(broken)));
    return ExitCode::failed;
  }
  if (verify_only ? !any_verified(result) : count(result, MeasurementStatus::measured) == 0) {
    print(stderr, fmt::format("assay: nothing was {}: no case is applicable here\n",
                              verify_only ? "verified" : "measured"));
    return ExitCode::failed;
  }
  return ExitCode::passed;
}

}  // namespace assay::cli
