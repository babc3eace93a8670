// The fields of a comparison document, each listed once.
#pragma once

#include "harness/core/comparison.h"
#include "harness/core/result_fields.h"

namespace assay {

void visit_fields(auto& field, Like<ComparedCost> auto& cost) {
  field("unit", cost.unit);
  field("a", cost.a);
  field("b", cost.b);
  field("ratio", cost.ratio);
}

void visit_fields(auto& field, Like<ComparedCase> auto& one) {
  field("case", one.case_id);
  field("series", one.series);
  field("scope", one.scope);
  field("devices", one.devices);
  field("a_s", one.a_s);
  field("b_s", one.b_s);
  field("ratio", one.ratio);
  field("ci_low", one.ci_low);
  field("ci_high", one.ci_high);
  field("a_passes", one.a_passes);
  field("b_passes", one.b_passes);
  field("cost", one.cost);
  field("verdict", one.verdict);
  field.or_absent("reason_code", one.reason_code);
  field.or_absent("reason", one.reason);
}

void visit_fields(auto& field, Like<ComparedMean> auto& mean) {
  field("what", mean.what);
  field("cases", mean.cases);
  field("ratio", mean.ratio);
  field("ci_low", mean.ci_low);
  field("ci_high", mean.ci_high);
  field("cost_ratio", mean.cost_ratio);
}

void visit_fields(auto& field, Like<ComparedDocument> auto& document) {
  field("file", document.file);
  field("run", document.run);
  field("sha256", document.sha256);
}

void visit_fields(auto& field, Like<Mark> auto& mark) {
  field("code", mark.code);
  field("sentence", mark.sentence);
}

void visit_fields(auto& field, Like<ComparedSide> auto& side) {
  field("name", side.name);
  field("documents", side.documents);
  field("nodes", side.nodes);
  field("devices", side.devices);
  field("software", side.software);
  field("price_per_device_hour", side.price_per_device_hour);
  field.or_default("simulated", side.simulated);
  field.or_absent("marks", side.marks);
}

void visit_fields(auto& field, Like<Difference> auto& difference) {
  field("what", difference.what);
  field("a", difference.a);
  field("b", difference.b);
}

void visit_fields(auto& field, Like<Comparison> auto& comparison) {
  field.constant("kind", "assay.comparison");
  field.constant("schema_version", "1.1");
  field("a", comparison.a);
  field("b", comparison.b);
  field("margin", comparison.margin);
  field("level", comparison.level);
  field("counts", comparison.counts);
  field("differences", comparison.differences);
  field("means", comparison.means);
  field("cases", comparison.cases);
}

}  // namespace assay
