// Checks a document against a schema's nodes; stops at the first problem.
#include "harness/core/schema.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/document.h"
#include "harness/core/json_value.h"
#include "harness/core/message.h"
#include "harness/core/place.h"
#include "harness/core/schema_reader.h"

namespace assay {

namespace {

using Outcome = std::optional<Violation>;

Outcome check(const SchemaNode& schema, const Json& value, const Place& place);

Outcome violation(const Place& place, std::string problem) {
  return Violation{place.pointer(), std::move(problem)};
}

unsigned type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return kNull;
    case Json::value_t::boolean:
      return kBoolean;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return kInteger | kNumber;
    case Json::value_t::number_float:  // 2.0 is an integer, as the drafts have it
      return std::trunc(value.get<double>()) == value.get<double>() ? kInteger | kNumber : kNumber;
    case Json::value_t::string:
      return kString;
    case Json::value_t::array:
      return kArray;
    case Json::value_t::object:
      return kObject;
    default:
      return 0;
  }
}

std::string type_names(unsigned types) {
  constexpr std::pair<unsigned, const char*> kNames[] = {
      {kNull, "null"},       {kBoolean, "true or false"}, {kInteger, "an integer"},
      {kNumber, "a number"}, {kString, "a string"},       {kArray, "an array"},
      {kObject, "an object"}};
  std::string names;
  for (const auto& [type, text] : kNames) {
    if ((types & type) != 0) names += (names.empty() ? "" : " or ") + std::string(text);
  }
  return names;
}

std::string expecting(const SchemaNode& schema) {
  return schema.expected.empty() ? "" : fmt::format(" ({})", schema.expected);
}

std::size_t code_points(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

Outcome check_value(const SchemaNode& schema, const Json& value, const Place& place) {
  if (schema.never) return violation(place, "must be absent here");
  if (schema.types != 0 && (schema.types & type_of(value)) == 0) {
    return violation(place, fmt::format("{} where {} was expected{}", shown(value),
                                        type_names(schema.types), expecting(schema)));
  }
  if (schema.constant && value != *schema.constant) {
    return violation(place, fmt::format("{} where {} was expected{}", shown(value),
                                        schema.constant->dump(), expecting(schema)));
  }
  if (schema.choices.empty()) return std::nullopt;
  std::string words;
  for (const Json& choice : schema.choices) {
    if (value == choice) return std::nullopt;
    words += (words.empty() ? "" : ", ") + choice.dump();
  }
  return violation(place, fmt::format("{} is none of {}", shown(value), words));
}

Outcome check_string(const SchemaNode& schema, const std::string& text, const Place& place) {
  if (schema.min_length || schema.max_length) {
    const std::size_t length = code_points(text);
    if (schema.min_length && length < *schema.min_length) {
      return violation(place, text.empty() ? "is empty" + expecting(schema)
                                           : in_quotes(text) + " is too short" + expecting(schema));
    }
    if (schema.max_length && length > *schema.max_length) {
      return violation(place, fmt::format("{} characters are more than {}{}", length,
                                          *schema.max_length, expecting(schema)));
    }
  }
  if (schema.pattern && !schema.pattern->is_found_in(text)) {
    return violation(place, fmt::format("{} is not {}", in_quotes(text), schema.expected));
  }
  return std::nullopt;
}

Outcome check_number(const SchemaNode& schema, const Json& value, const Place& place) {
  long double number = 0;
  if (value.is_number_unsigned()) {
    number = value.get<std::uint64_t>();
  } else if (value.is_number_integer()) {
    number = value.get<std::int64_t>();
  } else {
    number = value.get<double>();
  }
  const auto outside = [&](const char* relation, long double bound) {
    return violation(place, fmt::format("{} where {} {:g} was expected{}", value.dump(), relation,
                                        static_cast<double>(bound), expecting(schema)));
  };
  if (schema.minimum && number < *schema.minimum) return outside("at least", *schema.minimum);
  if (schema.maximum && number > *schema.maximum) return outside("at most", *schema.maximum);
  if (schema.exclusive_minimum && number <= *schema.exclusive_minimum) {
    return outside("more than", *schema.exclusive_minimum);
  }
  return std::nullopt;
}

Outcome check_array(const SchemaNode& schema, const Json& value, const Place& place) {
  if (schema.min_items && value.size() < *schema.min_items) {
    return violation(place, fmt::format("{} entries where at least {} were expected{}",
                                        value.size(), *schema.min_items, expecting(schema)));
  }
  if (schema.max_items && value.size() > *schema.max_items) {
    return violation(place, fmt::format("{} entries where at most {} were expected{}", value.size(),
                                        *schema.max_items, expecting(schema)));
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Place inside{&place, {}, i};
    if (schema.items != nullptr) {
      if (Outcome bad = check(*schema.items, value[i], inside)) return bad;
    }
    for (std::size_t j = 0; schema.unique_items && j < i; ++j) {
      if (value[i] == value[j]) return violation(inside, shown(value[i]) + " stands there twice");
    }
  }
  return std::nullopt;
}

Outcome check_names(const SchemaNode& schema, const Json& value, const Place& place) {
  std::size_t next = 0;
  for (const auto& [key, member] : value.items()) {
    const bool known = schema.property(key, next) != nullptr;
    if (!known && schema.additional != nullptr && schema.additional->never) {
      return violation(place, "unknown field " + in_quotes(key));
    }
    if (schema.property_names == nullptr) continue;
    if (Outcome bad = check(*schema.property_names, Json(key), place)) {
      return violation(place, fmt::format("field name {}", bad->problem));
    }
  }
  for (const std::string& name : schema.required) {
    if (!value.contains(name)) return violation(place, "missing field " + in_quotes(name));
  }
  if (schema.min_properties && value.size() < *schema.min_properties) {
    return violation(place, "is empty" + expecting(schema));
  }
  return std::nullopt;
}

Outcome check_object(const SchemaNode& schema, const Json& value, const Place& place) {
  if (Outcome bad = check_names(schema, value, place)) return bad;
  std::size_t next = 0;
  for (const auto& [key, member] : value.items()) {
    const SchemaNode::Property* known = schema.property(key, next);
    const SchemaNode* node = known == nullptr ? schema.additional : known->node;
    if (node == nullptr) continue;
    const Place inside{&place, key, 0};
    if (Outcome bad = check(*node, member, inside)) return bad;
  }
  return std::nullopt;
}

Outcome check_combined(const SchemaNode& schema, const Json& value, const Place& place) {
  for (const SchemaNode* part : schema.all_of) {
    if (Outcome bad = check(*part, value, place)) return bad;
  }
  const Place unsaid;  // only whether these hold is used, so no place is reported
  if (schema.negated != nullptr && !check(*schema.negated, value, unsaid)) {
    return violation(place, fmt::format("{} is not {}", shown(value), schema.expected));
  }
  if (schema.condition == nullptr) return std::nullopt;
  const bool holds = !check(*schema.condition, value, unsaid);
  const SchemaNode* branch = holds ? schema.then : schema.otherwise;
  return branch == nullptr ? std::nullopt : check(*branch, value, place);
}

Outcome check(const SchemaNode& schema, const Json& value, const Place& place) {
  if (Outcome bad = check_value(schema, value, place)) return bad;
  Outcome bad;
  if (value.is_string()) bad = check_string(schema, value.get_ref<const std::string&>(), place);
  if (value.is_number()) bad = check_number(schema, value, place);
  if (value.is_array()) bad = check_array(schema, value, place);
  if (value.is_object()) bad = check_object(schema, value, place);
  return bad ? bad : check_combined(schema, value, place);
}

}  // namespace

struct Schema::Nodes {
  SchemaReader reader;
};

Schema::Schema(std::string_view text, const std::string& name)
    : nodes_(new Nodes{SchemaReader(parse_json(text, name), name)}) {}

Schema::~Schema() = default;

std::optional<Violation> Schema::check(const Json& document) const {
  return assay::check(root(), document, Place{});
}

const SchemaNode& Schema::root() const { return *nodes_->reader.root(); }

}  // namespace assay
