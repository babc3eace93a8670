// Runs a program to its end, and keeps what it wrote.
#pragma once

#include <string>
#include <vector>

namespace assay::cluster {

struct Program {
  std::vector<std::string> words;  // the first is looked up in PATH
  std::string input;
  double timeout_s = 60;
};

struct Ended {
  int code = 0;  // 128 + N when signal N ended it, as a shell says
  std::string out, err;
  bool timed_out = false;
};

/// Throws Error when the program cannot be started, with exit code `missing` when there is none.
Ended run_program(const Program& program);

}  // namespace assay::cluster
