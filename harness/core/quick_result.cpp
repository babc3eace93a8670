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

/// An object's members, read over those that it has for as long as their names agree.
class Members {
 public:
  explicit Members(Json& value) : members_(object_in(value)) {}

  void read(std::string_view key, const Element& member) {
    if (count_ < members_.size() && members_[count_].first != key) shrink();
    if (count_ == members_.size()) members_.emplace_back(key, nullptr);
    read_json(member, members_[count_++].second);
  }
  /// To those that were read.
  void shrink() {
    while (members_.size() > count_) members_.pop_back();
  }

 private:
  using List = Json::object_t::Container;  // past a search for each name

  static List& object_in(Json& value) {
    if (!value.is_object()) value = Json::object();
    return value.get_ref<Json::object_t&>();
  }

  List& members_;
  std::size_t count_ = 0;
};

void read_array(const dom::array& entries, Json& value) {
  if (!value.is_array()) value = Json::array();
  auto& places = value.get_ref<Json::array_t&>();
  std::size_t count = 0;
  for (const Element& entry : entries) {
    if (count == places.size()) places.emplace_back();
    read_json(entry, places[count++]);
  }
  places.resize(count);
}

void read_text(std::string_view text, Json& value) {
  if (value.is_string())
    value.get_ref<std::string&>() = text;
  else
    value = std::string(text);
}

}  // namespace

void read_json(const Element& from, Json& value) {
  switch (from.type()) {
    case dom::element_type::ARRAY:
      read_array(from.get_array().value_unsafe(), value);
      return;
    case dom::element_type::OBJECT: {
      Members members(value);
      const dom::object object = from.get_object().value_unsafe();
      for (const auto& [key, member] : object) members.read(key, member);
      members.shrink();
      return;
    }
    case dom::element_type::STRING:
      read_text(from.get_string().value_unsafe(), value);
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
  Members chosen(value);
  for (const auto& [key, member] : object)
    if (std::find(members.begin(), members.end(), key) != members.end()) chosen.read(key, member);
  chosen.shrink();
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

void read(const std::string& text, Result& result, const Selection& selection) {
  dom::parser& parser = emptied_parser();
  constexpr std::size_t kLeast = 4096;  // below it simdjson chooses, and forgets the depth
  if (parser.capacity() < std::max(kLeast, text.size()) &&
      parser.allocate(std::max(kLeast, text.size()), kMaximumDepth) != simdjson::SUCCESS)
    throw Unusual();
  Element document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS ||
      !conforms(schema_of(DocumentKind::result).root(), document))
    throw Unusual();
  read_value(document, result, selection);
  if (result.schema_version != Result().schema_version) throw Unusual();
}

}  // namespace

}  // namespace quick

bool read_quickly(const std::string& text, Result& result,
                  const std::optional<std::span<const std::string_view>>& telemetry) {
  if (quick::is_unusual(text)) return false;
  try {
    quick::read(text, result,
                telemetry ? quick::Selection{"telemetry", *telemetry} : quick::Selection());
    return true;
  } catch (const quick::Unusual&) {
    return false;
  } catch (const Error&) {  // of parsing a case's id, or of fields that contradict each other
    return false;
  }
}

}  // namespace assay
