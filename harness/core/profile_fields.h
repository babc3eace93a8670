// The fields of a profile, each listed once.
#pragma once

#include "harness/core/fields.h"
#include "harness/core/profile.h"

namespace assay {

/// Checks what a schema cannot express; throws Error.
void require_sound(const SamplingRule& rule);
void require_sound(const Profile& profile);

void visit_fields(auto& field, Like<SamplingRule> auto& rule) {
  field.or_default("min_samples", rule.min_samples);
  field.or_default("min_time_s", rule.min_time_s);
  field.or_default("max_time_s", rule.max_time_s);
  field.or_default("rel_stdev", rule.rel_stdev);
  field.or_default("passes", rule.passes);
  field.or_default("max_relative_interval", rule.max_relative_interval);
  field.or_default("contention_limit", rule.contention_limit);
}

void visit_fields(auto& field, Like<ProfileCases> auto& cases) {
  field("workload", cases.workload);
  field("backend", cases.backend);
  field("dtypes", cases.dtypes);
  field.or_absent("implementations", cases.implementations);
  field("shapes", cases.shapes);
  field.or_absent("series", cases.series);
  field.or_default("scope", cases.scope);
  field("sampling", cases.sampling);
  field.or_absent("min_compute_capability", cases.min_compute_capability);
  field.or_absent("compute_capability", cases.compute_capabilities);
}

void visit_fields(auto& field, Like<ProfileRequirement> auto& requirement) {
  field("id", requirement.id);
  field("kind", requirement.kind);
  field("level", requirement.level);
  field.or_absent("why", requirement.why);
  field.or_absent("applies_when", requirement.applies_when);
  field.or_absent("parameters", requirement.parameters);
}

void visit_fields(auto& field, Like<ComparisonRule> auto& rule) {
  field.or_default("margin", rule.margin);
}

void visit_fields(auto& field, Like<Profile> auto& profile) {
  field.constant("kind", "assay.profile");
  field.constant("schema_version", "1.1");
  field("name", profile.name);
  field("description", profile.description);
  field("backends", profile.backends);
  field.or_absent("duration_s", profile.duration_s);
  field.or_default("sampling", profile.sampling);
  field("cases", profile.cases);
  field("requirements", profile.requirements);
  field.or_default("comparison", profile.comparison);
}

}  // namespace assay
