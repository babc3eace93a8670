// The schemas on simdjson's documents: whether they hold, without saying where not.
#pragma once

#include <simdjson.h>

#include "harness/core/schema_node.h"

namespace assay::quick {

/// Thrown where only the strict reader knows what a document means or what is wrong with it.
struct Unusual {};

/// Whether the value holds to the schema: as Schema::check decides, where names are unique. Throws
/// Unusual for constants that no schema of ours has.
bool conforms(const SchemaNode& schema, const simdjson::dom::element& value);

/// simdjson accepts a name that stands in one object twice; no reader of ours does.
bool names_are_unique(const simdjson::dom::element& value);

}  // namespace assay::quick
