// How a run's document ends when more than one thing ends it.
#include <doctest/doctest.h>

#include "harness/core/document.h"
#include "harness/core/profile.h"
#include "harness/run/document.h"
#include "harness/run/machine.h"
#include "tests/core/scratch_folder.h"

namespace assay::run {

TEST_SUITE("unit") {
  TEST_CASE("a signal after a failure leaves the failure in the document") {
    const test::ScratchFolder folder;
    const auto path = folder / "result.json";
    Result running = new_result(load_profile("quick"), 1, {"assay"}, "0");
    set_backend(running, Backend::host);
    RunDocument document(path, running);
    document.fail("rank 1 left");
    document.set_end(RunStatus::interrupted);
    document.write();
    const Result result = read_result(path);
    CHECK(result.status == RunStatus::error);
    CHECK(result.error == "rank 1 left");
  }
}

}  // namespace assay::run
