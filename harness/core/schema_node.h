// A schema read into memory: one node for each subschema, references already followed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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

  struct NameHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  /// Looked up for every member of every document.
  std::unordered_map<std::string, const SchemaNode*, NameHash, std::equal_to<>> properties;
  std::vector<std::string> required;
  const SchemaNode* additional = nullptr;  // null: anything
  const SchemaNode* property_names = nullptr;
  const SchemaNode* items = nullptr;
  std::vector<const SchemaNode*> all_of;
  const SchemaNode* negated = nullptr;
  const SchemaNode* condition = nullptr;
  const SchemaNode* then = nullptr;
  const SchemaNode* otherwise = nullptr;

  Bound minimum, maximum, exclusive_minimum, exclusive_maximum;
  std::optional<std::size_t> min_length, max_length, min_items, max_items, min_properties;
  bool unique_items = false;
  std::optional<RegularExpression> pattern;
  std::string pattern_text;
};

}  // namespace assay
