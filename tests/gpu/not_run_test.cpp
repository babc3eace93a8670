// Where nothing was built for a GPU, what is left out is still listed.
#include "tests/not_run.h"

#include <doctest/doctest.h>

TEST_SUITE("gpu") {
  TEST_CASE("the ladder's kernels give the emulator's bits") {
    assay::test::not_run("this build has no CUDA kernels");
  }
}
