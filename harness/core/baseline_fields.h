// The fields of a baseline, each listed once.
#pragma once

#include "harness/core/baseline.h"
#include "harness/core/fields.h"

namespace assay {

/// Checks what a schema cannot express; throws Error.
void require_sound(const BaselineRow& row);
void require_sound(const Baseline& baseline);

void visit_fields(auto& field, Like<BaselineRow> auto& row) {
  field("case", row.id);
  field.or_absent("shape", row.shape);
  field.or_default("series", row.series);
  field("scope_level", row.scope_level);
  field.or_absent("fabric", row.fabric);
  field("nodes", row.nodes);
  field("metric", row.metric);
  field("value", row.value);
  field("mad", row.mad);
  field("n", row.n);
  field("fail_below", row.fail_below);
  field("warn_below", row.warn_below);
  field.or_absent("input_pattern", row.input_pattern);
  field("tier", row.tier);
  field("source", row.source);
  field("date", row.date);
  field.or_absent("expires", row.expires);
  field.or_absent("versions", row.versions);
}

void visit_fields(auto& field, Like<Baseline> auto& baseline) {
  field.constant("kind", "assay.baseline");
  field.constant("schema_version", "1.1");
  field("name", baseline.name);
  field("sku", baseline.sku);
  field("pci_ids", baseline.pci_ids);
  field.or_absent("simulated", baseline.simulated);
  field("rows", baseline.rows);
}

}  // namespace assay
