// The lines of NCCL's log, each with the communicator that its thread worked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::nccl {

struct LogLine {
  enum class Owner { asked, other, unknown };
  std::string_view message;  // what stands behind `NCCL INFO` or `NCCL WARN`
  bool is_warning = false;
  bool is_before = false;        // stands before the asked communicator's text
  Owner owner = Owner::unknown;  // unknown: its thread names no communicator
};

/// The asked communicator is the first that is initialised from the byte `begin` on. A connection's
/// line does not name its communicator: the thread that wrote it does, by the `Init START` or
/// `Init COMPLETE` that it wrote before. Lines that are no log lines and a torn last line are left
/// out; the views are of `text`.
std::vector<LogLine> log_lines(std::string_view text, std::size_t begin);

}  // namespace assay::nccl
