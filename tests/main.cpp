// The main of every test executable: doctest's, plus exit code 77 for a test this machine can't
// run.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/not_run.h"

#ifdef __SANITIZE_ADDRESS__
/// A check for undefined behaviour traps: this sanitizer then names the line, before doctest's own
/// handler, which does not. What a test starts dies of the signal: a run tells it as any other.
extern "C" const char* __asan_default_options() { return "handle_sigill=2"; }
#endif

namespace assay::test {

namespace {
constexpr int kNotRunExitCode = 77;  // SKIP_RETURN_CODE in tests/CMakeLists.txt
}

void not_run(const std::string& reason) {
  // ctest runs every case in a process of its own, so leaving here skips this case alone.
  std::printf("not run: %s\n", reason.c_str());
  std::fflush(stdout);
  std::_Exit(kNotRunExitCode);
}

}  // namespace assay::test

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  return context.run();
}
