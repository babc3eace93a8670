// Turns the text of a schema into nodes.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "harness/core/schema_node.h"

namespace assay {

/// Owns the nodes of one schema.
class SchemaReader {
 public:
  /// Throws Error for a keyword, or a use of one, that the validator does not support.
  SchemaReader(Json schema, std::string name);
  const SchemaNode* root() const { return root_; }

 private:
  const SchemaNode* node(const Json& schema, const std::string& pointer);
  const SchemaNode* referenced(const std::string& reference, const std::string& pointer);
  void read_keyword(SchemaNode& to, const std::string& key, const Json& value,
                    const std::string& pointer);
  bool read_structure(SchemaNode& to, const std::string& key, const Json& value,
                      const std::string& pointer);
  bool read_limits(SchemaNode& to, const std::string& key, const Json& value) const;
  static void note_required(SchemaNode& made);
  void require_sound(const SchemaNode& read, const std::string& pointer) const;
  [[noreturn]] void refuse(const std::string& pointer, const std::string& why) const;

  Json schema_;
  std::string name_;
  std::map<std::string, std::unique_ptr<SchemaNode>> nodes_;  // by pointer
  std::set<std::string> following_;                           // references being followed
  const SchemaNode* root_ = nullptr;
};

}  // namespace assay
