// Puts the data into the page.
#include "harness/report/page.h"

#include "harness/core/error.h"
#include "harness/report/embedded_page.h"

namespace assay {

namespace {

constexpr std::string_view kMarker = "{{data}}";

/// JSON that holds no `<`: neither `</script>` nor `<!--` can stand in it.
std::string without_markup(const Json& data) {
  const std::string text = data.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : text) {
    if (letter == '<') {
      escaped += "\\u003c";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

}  // namespace

std::string html_page(const Json& data) {
  const std::string_view page = embedded_page().front().text;
  const std::size_t at = page.find(kMarker);
  if (at == std::string_view::npos) throw Error("the report's page has no place for its data");
  std::string text(page.substr(0, at));
  text += without_markup(data);
  text += page.substr(at + kMarker.size());
  return text;
}

}  // namespace assay
