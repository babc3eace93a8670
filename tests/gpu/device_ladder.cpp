// Runs the cases of the emulator's file on a GPU and says where the emulator is wrong.
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "harness/core/error.h"
#include "tests/gpu/device_run.h"
#include "tests/gpu/ladder_file.h"

namespace {

constexpr std::chrono::seconds kDeadline{20};

std::string file_of(int argc, char** argv) {
  if (argc == 2) return argv[1];
  if (const char* named = std::getenv("ASSAY_EMULATED_LADDER"); named != nullptr) return named;
  throw assay::Error(
      "no file of the emulator's outcomes: name one that emulated_ladder wrote, as the argument or "
      "in ASSAY_EMULATED_LADDER",
      assay::ExitCode::missing);
}

int run(int argc, char** argv) {
  using namespace assay::gpu;
  const auto cases = read_ladder_file(file_of(argc, argv));
  const std::string gpu = open_gpu();
  std::cout << "on " << gpu << std::endl;
  return judge(
      cases, ladder_variants(),
      [](const LadderVariant& variant, const LadderCase& one) {
        return run_on_gpu(variant, one, kDeadline);
      },
      std::cout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fprintf(stderr, "usage: device_ladder [FILE]\n");
    return 2;
  }
  int status = 2;
  try {
    status = run(argc, argv);
  } catch (const assay::Error& error) {
    status = static_cast<int>(error.code());
    const bool missing = error.code() == assay::ExitCode::missing;
    std::printf("%s: %s\n", missing ? "not run" : "device_ladder", error.what());
  } catch (const std::exception& error) {
    std::printf("device_ladder: %s\n", error.what());
  }
  std::fflush(stdout);
  std::_Exit(status);  // leaving in the usual way would wait for a kernel that hangs
}
