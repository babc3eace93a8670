// Rewrites one line on stderr, cut to the terminal's width so that it never wraps.
#include "harness/cli/progress.h"

#include <fmt/format.h>

#include "harness/cli/quantity.h"
#include "harness/cli/terminal.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

constexpr const char* kEraseLine = "\r\x1b[K";

}  // namespace

double remaining_s(double elapsed_s, std::size_t done, std::size_t total) {
  if (done == 0) return -1;
  return elapsed_s / static_cast<double>(done) * static_cast<double>(total - done);
}

Progress::Progress(std::FILE* stream)
    : stream_(stream), shown_(is_terminal(stream)), started_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown_) print_rendered(stream_, kEraseLine);
}

void Progress::show(const run::Step& step) {
  if (!shown_) return;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_;
  const double left = remaining_s(elapsed.count(), step.done, step.total);
  const std::string estimate = left < 0 ? fmt::format("at most {} left", duration(step.worst_s))
                                        : fmt::format("about {} left", duration(left));
  const std::string line =
      plain_line(fmt::format("{}/{}, {}: {}", step.done, step.total, estimate, step.name));
  print_rendered(stream_,
                 fmt::format("{}{}", kEraseLine, first_columns(line, line_columns(stream_) - 1)));
  std::fflush(stream_);
}

}  // namespace assay::cli
