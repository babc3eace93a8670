// Regular expressions of users: what RE2 takes, and what would keep another matcher for ever.
#include "harness/core/regular_expression.h"

#include <doctest/doctest.h>

#include "harness/core/case_filter.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

bool takes(const std::string& expression) {
  return CaseIdFilter(expression).takes(CaseId::parse("gemm.bf16.sm90/m8192_n8192_k8192"));
}

std::string refused(const std::string& expression) {
  return test::refusal([&] { CaseIdFilter{expression}; });
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a filter takes the ids in which its expression is found") {
    CHECK(takes(""));
    CHECK(takes("bf16"));
    CHECK(takes("^gemm\\.(f16|bf16)\\.sm90/m\\d+"));
    CHECK_FALSE(takes("^bf16"));
    CHECK_FALSE(takes("k8192.$"));
  }

  TEST_CASE("nested repetitions and parentheses take no longer than any other expression") {
    CHECK_FALSE(takes("(([a-z0-9_./]+)+)+!"));
    CHECK(takes(std::string(50000, '(') + std::string(50000, ')')));
  }

  TEST_CASE("an expression that cannot be compiled is refused in one short line") {
    CHECK(refused("(") == "--filter \"(\" is not a regular expression (RE2 syntax): missing ): (");
    CHECK(refused("(?=bf16)").find("(?=") != std::string::npos);
    for (const std::string& hostile :
         {std::string(50000, '('), std::string("((a{100}){100}){100}"), std::string("\xff\n")}) {
      const std::string line = refused(hostile);
      CHECK(line.find("--filter") == 0);
      CHECK(line.find('\n') == std::string::npos);
      CHECK(line.size() < 250);
    }
  }
}

}  // namespace assay
