// Runs a program to its end, and keeps what it wrote.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace assay::cluster {

struct Program {
  std::vector<std::string> words;  // the first is looked up in PATH
  std::string input;
  double timeout_s = 60;
  const std::atomic<bool>* stop = nullptr;  // ends the program when it is set
};

struct Ended {
  int code = 0;  // 128 + N when signal N ended it, as a shell says
  std::string out, err;
  bool timed_out = false, stopped = false;
};

/// The program is in a process group of its own: Ctrl-C at the terminal reaches us alone, and what
/// a program was to change is not cut in the middle. Throws Error when the program cannot be
/// started, with exit code `missing` when there is none.
Ended run_program(const Program& program);

}  // namespace assay::cluster
