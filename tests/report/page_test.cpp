// The page around its data: nothing in a document can become markup.
#include "harness/report/page.h"

#include <doctest/doctest.h>

#include "harness/core/document.h"

namespace assay::test {

namespace {

/// What the page's data element holds.
std::string data_of(const std::string& page) {
  const std::string begin = R"(<script type="application/json" id="data">)";
  const std::size_t from = page.find(begin) + begin.size();
  return page.substr(from, page.find("</script>", from) - from);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a script tag in a document cannot end the data element") {
    const Json data = {{"name", "</script><script>alert(1)</script><!--"}};
    const std::string page = html_page(data);
    CHECK(page.find("alert(1)</script>") == std::string::npos);
    CHECK(parse_json(data_of(page), "data") == data);
  }

  TEST_CASE("bytes that are no UTF-8 are replaced and not refused") {
    CHECK(html_page({{"name", "node-\xff"}}).find("node-?") != std::string::npos);
  }

  TEST_CASE("names and keys on the page are plain") {
    const Json data = {{"a\xe2\x80\xae", Json::array({"b\x1b[0m", {{"c", "\xc2\x9b"}}})}};
    CHECK(parse_json(data_of(html_page(data)), "data") ==
          Json{{"a?", Json::array({"b?[0m", {{"c", "?"}}})}});
  }

  TEST_CASE("the page loads nothing and allows its own script and style alone") {
    const std::string page = html_page(Json::object());
    CHECK(page.starts_with(kPageBeginning));
    CHECK(page.find("default-src 'none'; script-src 'sha256-") != std::string::npos);
    CHECK(page.find("unsafe-inline") == std::string::npos);
    CHECK(page.find(" src=\"http") == std::string::npos);
    CHECK(page.find(" href=\"http") == std::string::npos);
    CHECK(page.size() < 1'000'000);
  }
}

}  // namespace assay::test
