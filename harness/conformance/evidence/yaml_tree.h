// YAML as a tree. Every node knows which bytes of the text it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct YamlMember;

struct YamlNode {
  enum class Kind { scalar, sequence, mapping };
  Kind kind = Kind::scalar;
  std::string value;                 // of a scalar
  std::size_t begin = 0, end = 0;    // bytes of the text
  std::size_t line = 0, column = 0;  // from 1
  std::vector<YamlNode> items;       // of a sequence
  std::vector<YamlMember> members;   // of a mapping, in the text's order

  /// Null where the mapping has no such member, or this is no mapping.
  const YamlNode* find(std::string_view name) const;
};

struct YamlMember {
  std::string name;
  YamlNode value;
};

/// A plain `null` or `~` is an empty text, as a value that is not written is.
/// The one document of the text, YAML 1.1 in UTF-8, read by libyaml. Throws Error (`where: line L,
/// column C: what`) for what is no YAML, an alias, a name twice in a mapping, a name that is no
/// scalar, more than 16 levels, and more than one document.
YamlNode parse_yaml(std::string_view text, const std::string& where);

[[noreturn]] void refuse_yaml(const std::string& where, const YamlNode& at,
                              const std::string& what);

}  // namespace assay
