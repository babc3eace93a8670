// The fields of a verdict document, each listed once for reading and for writing.
#pragma once

#include "harness/core/fields.h"
#include "harness/core/verdict.h"

namespace assay {

void visit_fields(auto& field, Like<Subject> auto& subject) {
  field("kind", subject.kind);
  field("name", subject.name);
}

void visit_fields(auto& field, Like<RequirementVerdict> auto& requirement) {
  field("id", requirement.id);
  field("level", requirement.level);
  field("axis", requirement.axis);
  field("verdict", requirement.verdict);
  field("reason_code", requirement.reason_code);
  field("reason", requirement.reason);
  field.or_default("action", requirement.action);
  field.or_absent("action_reason", requirement.action_reason);
  field("subjects", requirement.subjects);
  field("figures", requirement.figures);
}

void visit_fields(auto& field, Like<VerdictInput> auto& input) {
  field("file", input.file);
  field("sha256", input.sha256);
}

void visit_fields(auto& field, Like<VerdictDocument> auto& document) {
  field.constant("kind", "assay.verdict");
  field.constant("schema_version", "1.1");
  field.group("profile", [&](auto& profile) { profile("name", document.profile_name); });
  field("verdict", document.verdict);
  field("counts", document.counts);
  field.or_absent("judged_by", document.judged_by);
  field.or_absent("inputs", document.inputs);
  field("requirements", document.requirements);
}

}  // namespace assay
