// The first command that a stranger types: how long it takes, and that its document is in order.
#include <doctest/doctest.h>

#include "tests/cli/workplace.h"

namespace assay::test {

TEST_SUITE("timing") {
  TEST_CASE("the quick profile on the host takes under 60 seconds") {
    const Workplace workplace;
    Launch launch =
        workplace.launch({"run", "--profile", "quick", "--backend", "host", "-o", "result.json"});
    launch.one_core = false;
    const Outcome run = run_process(launch);
    INFO(run.err);
    CHECK(run.exit_code == 0);
    MESSAGE("seconds: ", run.seconds);
    CHECK(run.seconds < 60);
    CHECK(workplace.assay({"validate", "result.json"}).exit_code == 0);
  }
}

}  // namespace assay::test
