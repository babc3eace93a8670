// Puts the data into the page.
#include "harness/report/page.h"

#include "harness/core/error.h"
#include "harness/core/plain_text.h"
#include "harness/report/embedded_page.h"

namespace assay {

namespace {

constexpr std::string_view kMarker = "{{data}}";

/// The names in it may be anybody's.
Json plain(const Json& data) {
  if (data.is_string()) return plain_line(data.get_ref<const std::string&>());
  Json result = data;
  if (data.is_array()) {
    for (Json& entry : result) entry = plain(entry);
  } else if (data.is_object()) {
    result = Json::object();
    for (const auto& [key, value] : data.items()) result[plain_line(key)] = plain(value);
  }
  return result;
}

/// JSON that holds no `<`: neither `</script>` nor `<!--` can stand in it.
std::string without_markup(const Json& data) {
  const std::string text = plain(data).dump(-1, ' ', false, Json::error_handler_t::replace);
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
