// Follows Schema::check keyword by keyword; the document fuzz target compares the two readers.
#include "harness/core/quick_schema.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace assay::quick {

namespace {

namespace dom = simdjson::dom;

unsigned type_of(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::NULL_VALUE:
      return kNull;
    case dom::element_type::BOOL:
      return kBoolean;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      return kInteger | kNumber;
    case dom::element_type::DOUBLE: {  // 2.0 is an integer, as the drafts have it
      const double number = value.get_double().value_unsafe();
      return std::trunc(number) == number ? kInteger | kNumber : kNumber;
    }
    case dom::element_type::STRING:
      return kString;
    case dom::element_type::ARRAY:
      return kArray;
    case dom::element_type::OBJECT:
      return kObject;
  }
  return 0;
}
unsigned type_of(std::string_view) { return kString; }

bool is_of_type(unsigned types, std::string_view text) {
  return types == 0 || (types & type_of(text)) != 0;
}
bool is_of_type(unsigned types, const dom::element& value) {
  if (types == 0 || ((types & kNumber) != 0 && value.is_double())) return true;
  return (types & type_of(value)) != 0;
}

bool equals(const Json& wanted, std::string_view text) {
  return wanted.is_string() && wanted.get_ref<const std::string&>() == text;
}
bool equals(const Json& wanted, const dom::element& value) {
  if (wanted.is_string())
    return value.is_string() && equals(wanted, value.get_string().value_unsafe());
  if (wanted.is_boolean())
    return value.is_bool() && value.get_bool().value_unsafe() == wanted.get<bool>();
  throw Unusual();
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Of a text's ends and its length: names of one kind mostly differ in them.
std::size_t mix(std::string_view text) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::uint64_t first = 0, last = 0;
  const std::size_t some = std::min(text.size(), sizeof first);
  std::memcpy(&first, text.data(), some);
  std::memcpy(&last, text.data() + text.size() - some, some);
  const std::uint64_t mixed = (first * kOdd ^ (last + text.size())) * kOdd;
  return mixed ^ (mixed >> 32);
}

/// The documents of a fleet repeat their names, and a lookup takes a tenth of a match's time. Only
/// for schemas that live as long as the program, as those of documents do.
bool matches(const SchemaNode& schema, std::string_view text) {
  struct Asked {
    const SchemaNode* schema = nullptr;
    std::string text;
    bool matches = false;
  };
  constexpr std::size_t kPlaces = 4096;  // a new text takes the place of an old one
  thread_local std::vector<Asked> asked(kPlaces);
  const std::size_t mixed = mix(text) ^ std::hash<const void*>()(&schema);
  Asked& one = asked[mixed % kPlaces];
  if (one.schema != &schema || one.text != text)
    one = {&schema, std::string(text), schema.pattern->is_found_in(text)};
  return one.matches;
}

bool conforms_string(const SchemaNode& schema, std::string_view text) {
  constexpr std::size_t kMostBytes = 4;  // of a code point, which has one or more
  if (schema.min_length && text.size() < kMostBytes * *schema.min_length &&
      code_points(text) < *schema.min_length)
    return false;
  if (schema.max_length && text.size() > *schema.max_length &&
      code_points(text) > *schema.max_length)
    return false;
  return !schema.pattern || matches(schema, text);
}

long double exactly(const dom::element& value) {
  if (value.is_int64()) return value.get_int64().value_unsafe();
  if (value.is_uint64()) return value.get_uint64().value_unsafe();
  return value.get_double().value_unsafe();
}

/// Of a number that a double holds exactly, an integer or not.
bool get_exactly(const dom::element& value, double& number) {
  constexpr double kExact = 9007199254740992;  // 2^53: every integer below it
  return value.get(number) == simdjson::SUCCESS && std::abs(number) < kExact;
}

bool conforms_number(const SchemaNode& schema, const dom::element& value) {
  if (double number = 0; get_exactly(value, number)) return schema.range.holds(number);
  const long double number = exactly(value);
  return !(schema.minimum && number < *schema.minimum) &&
         !(schema.maximum && number > *schema.maximum) &&
         !(schema.exclusive_minimum && number <= *schema.exclusive_minimum);
}

bool are_unique(const dom::array& array) {
  std::vector<std::string_view> texts;
  for (const dom::element& entry : array) {
    if (!entry.is_string()) throw Unusual();
    texts.push_back(entry.get_string().value_unsafe());
  }
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) == texts.end();
}

/// Samples and their passes are most of a document.
bool conform_numbers(const SchemaNode& items, const dom::array& array) {
  const bool takes_doubles = (items.types & kNumber) != 0;
  return std::all_of(array.begin(), array.end(), [&](const dom::element& entry) {
    double number = 0;
    const bool is_of_type = takes_doubles || entry.is_int64();
    return is_of_type && get_exactly(entry, number) ? items.range.holds(number)
                                                    : conforms(items, entry);
  });
}

bool conform_items(const SchemaNode& items, const dom::array& array) {
  if (items.is_plain && (items.types & (kInteger | kNumber)) != 0)
    return conform_numbers(items, array);
  return std::all_of(array.begin(), array.end(),
                     [&](const dom::element& entry) { return conforms(items, entry); });
}

bool conforms_array(const SchemaNode& schema, const dom::array& array) {
  if (schema.min_items && array.size() < *schema.min_items) return false;
  if (schema.max_items && array.size() > *schema.max_items) return false;
  if (schema.unique_items && !are_unique(array)) return false;
  return schema.items == nullptr || conform_items(*schema.items, array);
}

template <class Value>
bool conforms_to_all(const SchemaNode& schema, const Value& value);

bool has_all(const std::vector<std::string>& names, const dom::object& object) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return object.at_key(name).error() == simdjson::SUCCESS;
  });
}

/// Names are taken to be unique, which the reader finds out: those that are required are counted.
bool conform_members(const SchemaNode& schema, const dom::object& object) {
  std::size_t next = 0, required = 0;
  for (const auto& [key, member] : object) {
    if (schema.property_names != nullptr && !conforms_to_all(*schema.property_names, key))
      return false;
    const SchemaNode::Property* known = schema.property(key, next);
    if (known != nullptr && known->is_required) ++required;
    const SchemaNode* node = known == nullptr ? schema.additional : known->node;
    if (node != nullptr && !conforms(*node, member)) return false;
  }
  return required == schema.required_properties && has_all(schema.required_others, object);
}

/// Of a schema that says nothing of other members, as the condition of another one.
bool conform_some_members(const SchemaNode& schema, const dom::object& object) {
  return std::all_of(schema.properties.begin(), schema.properties.end(),
                     [&](const SchemaNode::Property& property) {
                       dom::element member;
                       return object.at_key(property.name).get(member) != simdjson::SUCCESS ||
                              conforms(*property.node, member);
                     }) &&
         has_all(schema.required, object);
}

bool conforms_object(const SchemaNode& schema, const dom::object& object) {
  if (schema.min_properties && object.size() < *schema.min_properties) return false;
  const bool is_of_some = schema.property_names == nullptr && schema.additional == nullptr;
  return is_of_some ? conform_some_members(schema, object) : conform_members(schema, object);
}

bool conforms_inside(const SchemaNode& schema, std::string_view text) {
  return conforms_string(schema, text);
}
bool conforms_inside(const SchemaNode& schema, const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::STRING:
      return conforms_string(schema, value.get_string().value_unsafe());
    case dom::element_type::ARRAY:
      return conforms_array(schema, value.get_array().value_unsafe());
    case dom::element_type::OBJECT:
      return conforms_object(schema, value.get_object().value_unsafe());
    case dom::element_type::BOOL:
    case dom::element_type::NULL_VALUE:
      return true;
    default:
      return conforms_number(schema, value);
  }
}

template <class Value>
bool conforms_to_all(const SchemaNode& schema, const Value& value) {
  if (schema.is_plain) return is_of_type(schema.types, value) && conforms_inside(schema, value);
  if (schema.never || !is_of_type(schema.types, value)) return false;
  const auto is_value = [&](const Json& wanted) { return equals(wanted, value); };
  if (schema.constant && !is_value(*schema.constant)) return false;
  if (!schema.choices.empty() &&
      std::none_of(schema.choices.begin(), schema.choices.end(), is_value))
    return false;
  if (!conforms_inside(schema, value)) return false;
  for (const SchemaNode* part : schema.all_of)
    if (!conforms_to_all(*part, value)) return false;
  if (schema.negated != nullptr && conforms_to_all(*schema.negated, value)) return false;
  if (schema.condition == nullptr) return true;
  const SchemaNode* branch =
      conforms_to_all(*schema.condition, value) ? schema.then : schema.otherwise;
  return branch == nullptr || conforms_to_all(*branch, value);
}

using Names = boost::container::small_vector<std::string_view, 32>;  // objects with more are rare

bool are_unique(Names& names) {
  constexpr std::size_t kFew = 32;  // are compared faster where they stand
  if (names.size() > kFew) {
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) == names.end();
  }
  std::uint64_t seen = 0;  // a bit for names that begin, end and are as long alike
  for (auto name = names.begin(); name != names.end(); ++name) {
    const std::size_t size = name->size();
    const std::size_t ends = size == 0 ? 0
                                       : static_cast<unsigned char>(name->front()) * 5U +
                                             static_cast<unsigned char>(name->back()) * 3U;
    const std::uint64_t bit = std::uint64_t{1} << ((ends + size) % 64);
    if ((seen & bit) != 0 && std::find(names.begin(), name, *name) != name) return false;
    seen |= bit;
  }
  return true;
}

}  // namespace

bool conforms(const SchemaNode& schema, const dom::element& value) {
  return conforms_to_all(schema, value);
}

bool names_are_unique(const dom::element& value) {
  const auto holds_inside = [](const dom::element& inner) {
    return !(inner.is_object() || inner.is_array()) || names_are_unique(inner);
  };
  if (value.is_array()) {
    const dom::array array = value.get_array().value_unsafe();
    return std::all_of(array.begin(), array.end(), holds_inside);
  }
  if (!value.is_object()) return true;
  const dom::object object = value.get_object().value_unsafe();
  Names names;
  for (const auto& [key, member] : object) {
    if (!holds_inside(member)) return false;
    names.push_back(key);
  }
  return are_unique(names);
}

}  // namespace assay::quick
