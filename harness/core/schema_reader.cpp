// Reads a schema once, strictly: what the validator cannot hold to is an error here, and so are
// the uses of a keyword in which draft-07 and 2020-12 differ.
#include "harness/core/schema_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/error.h"

namespace assay {

namespace {

unsigned type_from_name(const std::string& text) {
  static const std::map<std::string, unsigned> kTypes = {
      {"null", kNull},     {"boolean", kBoolean}, {"integer", kInteger}, {"number", kNumber},
      {"string", kString}, {"array", kArray},     {"object", kObject}};
  const auto found = kTypes.find(text);
  return found == kTypes.end() ? 0 : found->second;
}

long double exactly(const Json& number) {
  if (number.is_number_unsigned()) return number.get<std::uint64_t>();
  if (number.is_number_integer()) return number.get<std::int64_t>();
  return number.get<double>();
}

/// The least double from `bound` on, or above it. A bound has more digits than a double: the
/// nearest one may be on its other side.
double least_double(long double bound, bool is_above) {
  const auto nearest = static_cast<double>(bound);
  const bool is_outside = is_above ? nearest <= bound : nearest < bound;
  return is_outside ? std::nextafter(nearest, std::numeric_limits<double>::infinity()) : nearest;
}

SchemaNode::Range range_of(const SchemaNode& node) {
  SchemaNode::Range range;
  if (node.minimum) range.least = least_double(*node.minimum, false);
  if (node.exclusive_minimum)
    range.least = std::max(range.least, least_double(*node.exclusive_minimum, true));
  if (node.maximum) range.most = -least_double(-*node.maximum, false);
  return range;
}

bool is_plain(const SchemaNode& node) {
  return !node.never && !node.constant && node.choices.empty() && node.all_of.empty() &&
         node.negated == nullptr && node.condition == nullptr;
}

}  // namespace

SchemaReader::SchemaReader(Json schema, std::string name)
    : schema_(std::move(schema)), name_(std::move(name)) {
  root_ = node(schema_, "");
}

void SchemaReader::refuse(const std::string& pointer, const std::string& why) const {
  throw Error(
      fmt::format("schema {}: {}: {}", name_, pointer.empty() ? "top level" : pointer, why));
}

const SchemaNode* SchemaReader::node(const Json& schema, const std::string& pointer) {
  if (const auto known = nodes_.find(pointer); known != nodes_.end()) return known->second.get();
  if (schema.is_object() && schema.contains("$ref")) {
    if (schema.size() != 1) refuse(pointer, "$ref has siblings, which draft-07 ignores");
    return referenced(schema["$ref"].get<std::string>(), pointer);
  }
  SchemaNode& made = *(nodes_[pointer] = std::make_unique<SchemaNode>());
  if (schema.is_boolean()) {
    made.never = !schema.get<bool>();
    return &made;
  }
  if (!schema.is_object()) refuse(pointer, "is neither an object nor a boolean");
  for (const auto& [key, value] : schema.items()) read_keyword(made, key, value, pointer);
  note_required(made);
  made.range = range_of(made);
  made.is_plain = is_plain(made);
  require_sound(made, pointer);
  return &made;
}

/// `required` and `properties` come in any order.
void SchemaReader::note_required(SchemaNode& made) {
  for (const std::string& name : made.required) {
    const auto known = std::find_if(made.properties.begin(), made.properties.end(),
                                    [&](const auto& property) { return property.name == name; });
    if (known == made.properties.end()) {
      made.required_others.push_back(name);
    } else if (!known->is_required) {
      known->is_required = true;
      ++made.required_properties;
    }
  }
}

const SchemaNode* SchemaReader::referenced(const std::string& reference,
                                           const std::string& pointer) {
  const std::string prefix = "#/$defs/";
  const std::string word = reference.starts_with(prefix) ? reference.substr(prefix.size()) : "";
  const auto defs = schema_.find("$defs");
  if (word.empty() || defs == schema_.end() || !defs->contains(word)) {
    refuse(pointer, "$ref " + reference + " is not one of this file's $defs");
  }
  if (!following_.insert(word).second) refuse(pointer, "$ref " + reference + " leads to itself");
  const SchemaNode* target = node((*defs)[word], "/$defs/" + word);
  following_.erase(word);
  return target;
}

void SchemaReader::read_keyword(SchemaNode& to, const std::string& key, const Json& value,
                                const std::string& pointer) {
  static const std::set<std::string> kWords = {"$schema", "$id", "$comment", "title"};
  if (kWords.contains(key)) return;
  if (key == "$defs") {
    for (const auto& [word, schema] : value.items()) node(schema, pointer + "/$defs/" + word);
  } else if (key == "description") {
    to.expected = value.get<std::string>();
  } else if (key == "type") {
    for (const Json& one : value.is_array() ? value : Json::array({value})) {
      const unsigned type = type_from_name(one.get<std::string>());
      if (type == 0) refuse(pointer, "unknown type " + one.get<std::string>());
      to.types |= type;
    }
  } else if (key == "const") {
    to.constant = value;
  } else if (key == "enum") {
    to.choices.assign(value.begin(), value.end());
  } else if (!read_structure(to, key, value, pointer) && !read_limits(to, key, value)) {
    refuse(pointer, "keyword " + key + " is not one that the validator knows");
  }
}

bool SchemaReader::read_structure(SchemaNode& to, const std::string& key, const Json& value,
                                  const std::string& pointer) {
  const std::string here = pointer + "/" + key;
  if (key == "properties") {
    for (const auto& [name, schema] : value.items()) {
      to.properties.push_back({name, node(schema, here + "/" + name)});
    }
  } else if (key == "required") {
    value.get_to(to.required);
  } else if (key == "additionalProperties") {
    to.additional = node(value, here);
  } else if (key == "propertyNames") {
    to.property_names = node(value, here);
  } else if (key == "items") {
    to.items = node(value, here);
  } else if (key == "allOf") {
    for (std::size_t i = 0; i < value.size(); ++i) {
      to.all_of.push_back(node(value[i], here + "/" + std::to_string(i)));
    }
  } else if (key == "not") {
    to.negated = node(value, here);
  } else if (key == "if") {
    to.condition = node(value, here);
  } else if (key == "then") {
    to.then = node(value, here);
  } else if (key == "else") {
    to.otherwise = node(value, here);
  } else {
    return false;
  }
  return true;
}

bool SchemaReader::read_limits(SchemaNode& to, const std::string& key, const Json& value) const {
  const std::map<std::string, SchemaNode::Bound*> bounds = {
      {"minimum", &to.minimum},
      {"maximum", &to.maximum},
      {"exclusiveMinimum", &to.exclusive_minimum}};
  const std::map<std::string, std::optional<std::size_t>*> counts = {
      {"minLength", &to.min_length},
      {"maxLength", &to.max_length},
      {"minItems", &to.min_items},
      {"maxItems", &to.max_items},
      {"minProperties", &to.min_properties}};
  if (const auto found = bounds.find(key); found != bounds.end()) {
    *found->second = exactly(value);
  } else if (const auto count = counts.find(key); count != counts.end()) {
    *count->second = value.get<std::size_t>();
  } else if (key == "uniqueItems") {
    to.unique_items = value.get<bool>();
  } else if (key == "pattern") {
    to.pattern_text = value.get<std::string>();
    to.pattern.emplace(to.pattern_text);
  } else {
    return false;
  }
  return true;
}

void SchemaReader::require_sound(const SchemaNode& read, const std::string& pointer) const {
  const bool only_integer = (read.types & kInteger) != 0 && (read.types & kNumber) == 0;
  if (only_integer && !(read.minimum && read.maximum)) {
    refuse(pointer, "an integer needs a minimum and a maximum: it must fit its C++ type");
  }
  if ((read.then != nullptr || read.otherwise != nullptr) && read.condition == nullptr) {
    refuse(pointer, "then or else without if");
  }
  const bool wordless = read.pattern || read.negated != nullptr;
  if (wordless && read.expected.empty()) {
    refuse(pointer, "pattern and not need a description, which the message quotes");
  }
}

}  // namespace assay
