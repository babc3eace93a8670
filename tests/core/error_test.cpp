// The exit codes that scripts read.
#include "harness/core/error.h"

#include <doctest/doctest.h>

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("exit codes keep their numbers and an error that names none is of 2") {
    CHECK(static_cast<int>(ExitCode::passed) == 0);
    CHECK(static_cast<int>(ExitCode::failed) == 1);
    CHECK(static_cast<int>(ExitCode::broken) == 2);
    CHECK(static_cast<int>(ExitCode::missing) == 3);
    CHECK(Error("x").code() == ExitCode::broken);
    CHECK(Error("x", ExitCode::missing).code() == ExitCode::missing);
  }
}

}  // namespace assay
