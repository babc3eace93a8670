// simdjson parses, the schema and the lists of fields decide; whatever is unusual is left to the
// strict reader.
#include "harness/core/quick_result.h"

#include <algorithm>

#include "harness/core/document_schema.h"
#include "harness/core/error.h"
#include "harness/core/json_limits.h"
#include "harness/core/quick_fields.h"
#include "harness/core/quick_schema.h"
#include "harness/core/result_fields.h"

namespace assay {

namespace quick {

namespace dom = simdjson::dom;

Json json_of(const Element& value) {
  switch (value.type()) {
    case dom::element_type::ARRAY: {
      Json array = Json::array();
      const dom::array from = value.get_array().value_unsafe();
      for (const Element& entry : from) array.push_back(json_of(entry));
      return array;
    }
    case dom::element_type::OBJECT: {
      Json object = Json::object();
      auto& members = object.get_ref<Json::object_t&>();  // past a search for each name
      const dom::object from = value.get_object().value_unsafe();
      members.reserve(from.size());
      for (const auto& [key, member] : from)
        members.emplace_back(std::string(key), json_of(member));
      return object;
    }
    case dom::element_type::STRING:
      return std::string(value.get_string().value_unsafe());
    case dom::element_type::BOOL:
      return value.get_bool().value_unsafe();
    case dom::element_type::INT64: {
      const std::int64_t number = value.get_int64().value_unsafe();
      return number < 0 ? Json(number) : Json(static_cast<std::uint64_t>(number));
    }
    case dom::element_type::UINT64:
      return value.get_uint64().value_unsafe();
    case dom::element_type::DOUBLE:
      return value.get_double().value_unsafe();
    case dom::element_type::NULL_VALUE:
      break;
  }
  return nullptr;
}

Json json_of(const Element& value, std::span<const std::string_view> members) {
  dom::object from;
  if (value.get(from) != simdjson::SUCCESS) throw Unusual();
  Json object = Json::object();
  auto& chosen = object.get_ref<Json::object_t&>();
  chosen.reserve(std::min(from.size(), members.size()));
  for (const auto& [key, member] : from)
    if (std::find(members.begin(), members.end(), key) != members.end())
      chosen.emplace_back(std::string(key), json_of(member));
  return object;
}

bool repeats(const Json& expected, const Element& value) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS || object.size() != expected.size()) return false;
  for (const auto& [key, wanted] : expected.items()) {
    Element found;
    if (object.at_key(key).get(found) != simdjson::SUCCESS) return false;
    const bool same =
        wanted.is_boolean()
            ? found.is_bool() && found.get_bool().value_unsafe() == wanted.get<bool>()
            : found.is_int64() && found.get_int64().value_unsafe() == wanted.get<std::int64_t>();
    if (!same) return false;
  }
  return true;
}

namespace {

/// Where simdjson's rules are not ours, or may not be in some version of it.
bool is_unusual(const std::string& text) {
  if (text.size() > kMaximumDocumentBytes || text.starts_with("\xEF\xBB\xBF")) return true;
  const std::size_t escape = text.find('\\');  // most documents have none
  if (escape == text.npos) return false;
  return text.find("\\ud", escape) != text.npos ||
         text.find("\\uD", escape) != text.npos;  // half a surrogate pair
}

/// A fleet's documents are of one size: their reader's memory is used again, not returned and
/// faulted in anew. What a large document needed is given back.
dom::parser& emptied_parser() {
  constexpr std::size_t kLarge = std::size_t{16} << 20;
  thread_local dom::parser parser;
  if (parser.capacity() > kLarge) parser = dom::parser();
  return parser;
}

Result read(const std::string& text, const Selection& selection) {
  dom::parser& parser = emptied_parser();
  constexpr std::size_t kLeast = 4096;  // below it simdjson chooses, and forgets the depth
  if (parser.capacity() < std::max(kLeast, text.size()) &&
      parser.allocate(std::max(kLeast, text.size()), kMaximumDepth) != simdjson::SUCCESS)
    throw Unusual();
  Element document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS || !names_are_unique(document) ||
      !conforms(schema_of(DocumentKind::result).root(), document))
    throw Unusual();
  Result result;
  const std::string newest = result.schema_version;
  read_value(document, result, selection);
  if (result.schema_version != newest) throw Unusual();
  return result;
}

}  // namespace

}  // namespace quick

std::optional<Result> read_quickly(
    const std::string& text, const std::optional<std::span<const std::string_view>>& telemetry) {
  if (quick::is_unusual(text)) return std::nullopt;
  try {
    return quick::read(text,
                       telemetry ? quick::Selection{"telemetry", *telemetry} : quick::Selection());
  } catch (const quick::Unusual&) {
    return std::nullopt;
  } catch (const Error&) {  // of parsing a case's id, or of fields that contradict each other
    return std::nullopt;
  }
}

}  // namespace assay
