// A schema read into memory: one node for each subschema, references already followed.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/regular_expression.h"
#include "harness/core/result.h"

namespace assay {

enum JsonType : unsigned {
  kNull = 1,
  kBoolean = 2,
  kInteger = 4,
  kNumber = 8,
  kString = 16,
  kArray = 32,
  kObject = 64,
};

struct SchemaNode {
  /// Wide enough for every 64-bit integer and every double without rounding.
  using Bound = std::optional<long double>;

  bool never = false;    // the schema `false`
  unsigned types = 0;    // a set of JsonType; 0: any
  std::string expected;  // the schema's description, for messages
  std::optional<Json> constant;
  std::vector<Json> choices;

  struct Property {
    std::string name;
    const SchemaNode* node = nullptr;
    bool is_required = false;
  };
  std::vector<Property> properties;  // in the schema's order, which is that of our writers
  /// Looked up for every member of every document: `next` is where the search begins, and then the
  /// place after the one that was found. Null: the schema has no such property.
  const Property* property(std::string_view member, std::size_t& next) const {
    for (std::size_t step = 0; step < properties.size(); ++step) {
      const std::size_t at =
          next + step < properties.size() ? next + step : next + step - properties.size();
      if (properties[at].name != member) continue;
      next = at + 1;
      return &properties[at];
    }
    return nullptr;
  }
  std::vector<std::string> required;
  std::size_t required_properties = 0;       // of `properties`
  std::vector<std::string> required_others;  // those of `required` that no property has
  const SchemaNode* additional = nullptr;    // null: anything
  const SchemaNode* property_names = nullptr;
  const SchemaNode* items = nullptr;
  std::vector<const SchemaNode*> all_of;
  const SchemaNode* negated = nullptr;
  const SchemaNode* condition = nullptr;
  const SchemaNode* then = nullptr;
  const SchemaNode* otherwise = nullptr;

  /// The doubles that the bounds accept.
  struct Range {
    double least = -std::numeric_limits<double>::infinity();
    double most = std::numeric_limits<double>::infinity();
    bool holds(double number) const { return least <= number && number <= most; }
  };

  Bound minimum, maximum, exclusive_minimum;
  Range range;            // of these three
  bool is_plain = false;  // it asks for nothing but a type and what a value of that type holds
  std::optional<std::size_t> min_length, max_length, min_items, max_items, min_properties;
  bool unique_items = false;
  std::optional<RegularExpression> pattern;
  std::string pattern_text;
};

}  // namespace assay
