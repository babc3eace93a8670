// Each backend is joined by its own library, and its absence by that library's reason.
#include "harness/run/join.h"

#include <doctest/doctest.h>

#include "collectives/gloo/open.h"
#include "collectives/nccl/join.h"

namespace assay::run {

TEST_SUITE("unit") {
  TEST_CASE("what joins hosts is Gloo and what joins GPUs is NCCL") {
    CHECK(why_not_joined(Backend::host) == why_no_gloo());
    CHECK(why_not_joined(Backend::cuda) == why_no_nccl());
  }
}

}  // namespace assay::run
