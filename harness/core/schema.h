// A JSON Schema validator for the keywords that draft-07 and 2020-12 share and our schemas use.
//
// It is our own for three reasons: its messages name one field in one line; it stops at the first
// problem, so that a hostile document cannot fill memory with messages; and it refuses an unknown
// keyword when the schema is read, instead of ignoring it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

struct SchemaNode;

/// The first place where a document violates its schema.
struct Violation {
  std::string pointer;  // RFC 6901; empty: the whole document
  std::string problem;  // what is there and what was expected
};

class Schema {
 public:
  /// Throws Error when the schema uses anything that this validator does not support.
  Schema(std::string_view text, const std::string& name);
  ~Schema();

  std::optional<Violation> check(const Json& document) const;
  /// For a validator of another representation of JSON.
  const SchemaNode& root() const;

 private:
  struct Nodes;
  std::unique_ptr<Nodes> nodes_;
};

}  // namespace assay
