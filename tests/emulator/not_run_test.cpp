// Stands for all tests of the emulator in a build that cannot have it.
#include "tests/not_run.h"

#include <doctest/doctest.h>

TEST_SUITE("unit") {
  TEST_CASE("kernels run on the emulator") { assay::test::not_run(ASSAY_NO_EMULATOR); }
}
