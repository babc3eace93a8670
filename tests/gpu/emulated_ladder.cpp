// Writes what the emulator computes for every case of the ladder, for device_ladder to hold a GPU
// to.
#include <cstdio>

#include "harness/core/error.h"
#include "tests/gpu/emulate.h"
#include "tests/gpu/ladder_file.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: emulated_ladder FILE\n");
    return 2;
  }
  try {
    const auto cases = assay::gpu::emulate_ladder(1);
    assay::gpu::write_ladder_file(argv[1], cases);
    std::printf("%zu cases written to %s\n", cases.size(), argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "emulated_ladder: %s\n", error.what());
    return 2;
  }
}
