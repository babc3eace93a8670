// The planted wrong kernel is in the catalogue of whoever links it, and its check fails.
#include <doctest/doctest.h>

#include <algorithm>

#include "kernels/catalogue.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("a planted off by one fails its verification and names an element") {
    const auto& all = catalogue();
    const auto planted = std::find_if(all.begin(), all.end(),
                                      [](const auto& one) { return one->name() == "off_by_one"; });
    REQUIRE(planted != all.end());
    test::SmallHost host;
    const Shape shape{{"m", 64}, {"n", 64}, {"k", 1024}};
    REQUIRE_FALSE((*planted)->refuses(shape, host));
    GroupContext context(host, {"gemm", "f32", "", shape}, 1);
    const auto verification = (*planted)->prepare(context)->verify();
    CHECK(verification.status == Verification::Status::failed);
    CHECK(verification.detail.find("element (0, 0)") != std::string::npos);
  }
}

}  // namespace
}  // namespace assay
