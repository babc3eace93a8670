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

namespace {

Json json_of(const Element& from) {
  Json value;
  read_json(from, value);
  return value;
}

/// An empty object: mostly the one that is there.
Json::object_t& emptied_object(Json& value) {
  if (!value.is_object()) value = Json::object();
  auto& members = value.get_ref<Json::object_t&>();  // past a search for each name
  members.clear();
  return members;
}

}  // namespace

void read_json(const Element& from, Json& value) {
  switch (from.type()) {
    case dom::element_type::ARRAY: {
      value = Json::array();
      const dom::array entries = from.get_array().value_unsafe();
      for (const Element& entry : entries) value.push_back(json_of(entry));
      return;
    }
    case dom::element_type::OBJECT: {
      const dom::object object = from.get_object().value_unsafe();
      Json::object_t& members = emptied_object(value);
      members.reserve(object.size());
      for (const auto& [key, member] : object)
        read_json(member, members.emplace_back(key, nullptr).second);
      return;
    }
    case dom::element_type::STRING:
      value = std::string(from.get_string().value_unsafe());
      return;
    case dom::element_type::BOOL:
      value = from.get_bool().value_unsafe();
      return;
    case dom::element_type::INT64: {
      const std::int64_t number = from.get_int64().value_unsafe();
      if (number < 0)
        value = number;
      else
        value = static_cast<std::uint64_t>(number);
      return;
    }
    case dom::element_type::UINT64:
      value = from.get_uint64().value_unsafe();
      return;
    case dom::element_type::DOUBLE:
      value = from.get_double().value_unsafe();
      return;
    case dom::element_type::NULL_VALUE:
      value = nullptr;
  }
}

void read_json(const Element& from, Json& value, std::span<const std::string_view> members) {
  dom::object object;
  if (from.get(object) != simdjson::SUCCESS) throw Unusual();
  Json::object_t& chosen = emptied_object(value);
  chosen.reserve(std::min(object.size(), members.size()));
  for (const auto& [key, member] : object)
    if (std::find(members.begin(), members.end(), key) != members.end())
      read_json(member, chosen.emplace_back(key, nullptr).second);
}

bool repeats(const Shape& expected, const Element& value) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS || object.size() != expected.entries().size())
    return false;
  return std::all_of(expected.entries().begin(), expected.entries().end(),
                     [&](const Shape::Entry& wanted) {
                       Element found;
                       if (object.at_key(wanted.key).get(found) != simdjson::SUCCESS) return false;
                       if (!wanted.value) return found.is_bool() && found.get_bool().value_unsafe();
                       return found.is_int64() && found.get_int64().value_unsafe() == *wanted.value;
                     });
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
  if (parser.parse(text).get(document) != simdjson::SUCCESS ||
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
