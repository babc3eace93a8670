// A JSON Schema validator for the keywords that draft-07 and 2020-12 share and our schemas use.
//
// Ours because its messages must name one field in one line, because it stops at the first
// problem (a hostile document cannot fill memory with complaints), and because a keyword that it
// does not know is refused when the schema is read, never silently ignored.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

struct SchemaNode;

/// The first place where a document is not as its schema says.
struct Violation {
  std::string pointer;  // RFC 6901; empty: the whole document
  std::string problem;  // what is there and what was expected
};

class Schema {
 public:
  /// Throws Error when the schema uses anything that this validator does not hold to.
  Schema(std::string_view text, const std::string& name);
  ~Schema();

  std::optional<Violation> check(const Json& document) const;

 private:
  struct Nodes;
  std::unique_ptr<Nodes> nodes_;
};

}  // namespace assay
