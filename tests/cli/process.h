// Starts the real executable as a user would, and says how it ended and what it printed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace assay::test {

struct Outcome {
  int exit_code = -1;  // -1: ended by `signal`
  int signal = 0;
  std::string out, err;
  double seconds = 0;
};

struct Launch {
  std::filesystem::path executable;
  std::vector<std::string> words;                  // after the executable's name
  std::filesystem::path folder;                    // where it runs
  std::map<std::string, std::string> environment;  // beside the test's own
  std::function<void()> in_child;                  // just before exec: limits, another user
  // Threads that wait for each other crawl on a busy machine; most tests are not about threads.
  bool one_core = true;
};

/// A process that cannot outlive its test: it is killed and waited for at the latest when the
/// object goes.
class Process {
 public:
  explicit Process(const Launch& launch);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  bool running();
  /// Waits to the end; after `limit_s` kills it and throws.
  Outcome wait(double limit_s = 120);

 private:
  void reap(int status);

  pid_t pid_ = -1;
  bool ended_ = false;
  double started_ = 0;
  std::filesystem::path out_, err_;
  Outcome outcome_;
};

/// The process that measures for a run; 0 when there is none.
pid_t worker_of(const Process& run);

Outcome run_process(const Launch& launch);

/// Under the address sanitizer processes are started without its search for leaks and its redzones
/// of globals, 40 % of the time of a short one; the test's own process has both. From here on they
/// have them too.
void sanitize_children_in_full();

/// Seconds of a clock that only goes forward.
double now_s();
void sleep_s(double seconds);

}  // namespace assay::test
