// The main of every test executable: doctest's, plus exit code 77 for a test this machine can't
// run.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>

#include "tests/not_run.h"

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
