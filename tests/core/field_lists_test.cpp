// The lists of fields against the schemas: neither has a field that the other lacks.
#include <doctest/doctest.h>

#include <set>

#include "harness/core/baseline_fields.h"
#include "harness/core/comparison_fields.h"
#include "harness/core/document.h"
#include "harness/core/embedded.h"
#include "harness/core/profile_fields.h"
#include "harness/core/result_fields.h"
#include "harness/core/verdict_fields.h"

namespace assay {

namespace {

/// Every field of a list and of the lists within it, by their paths: `/measurements/samples/p5_s`.
class FieldPaths {
 public:
  explicit FieldPaths(std::string path = "") : path_(std::move(path)) {}

  template <class T>
  void operator()(const char* key, T& value) {
    add(key, true);
    descend(key, value);
  }
  template <class T>
  void operator()(const char* key, std::optional<T>& value) {
    add(key, false);
    descend(key, value.emplace());
  }
  template <class T>
  void or_absent(const char* key, T& value) {
    add(key, false);
    descend(key, value);
  }
  template <class T>
  void or_default(const char* key, T& value) {
    or_absent(key, value);
  }
  void constant(const char* key, const char*) { add(key, true); }
  template <class List>
  void group(const char* key, const List& list) {
    add(key, true);
    FieldPaths inner(path_ + '/' + key);
    list(inner);
    take(inner);
  }
  template <class T>
  void repeats(const char* key, const T&, const CaseId&) {
    add(key, true);
  }

  std::set<std::string> all, required;

 private:
  void add(const char* key, bool is_required) {
    all.insert(path_ + '/' + key);
    if (is_required) required.insert(path_ + '/' + key);
  }
  void take(const FieldPaths& inner) {
    all.insert(inner.all.begin(), inner.all.end());
    required.insert(inner.required.begin(), inner.required.end());
  }
  template <class T>
  void descend(const char* key, T& value) {
    if constexpr (kIsVector<T> && !std::same_as<T, std::vector<double>>) {
      descend(key, value.emplace_back());
    } else if constexpr (Listed<T>) {
      FieldPaths inner(path_ + '/' + key);
      visit_fields(inner, value);
      take(inner);
    }
  }

  std::string path_;
};

/// The same of a schema: its objects that allow no other field than those they name.
class SchemaPaths {
 public:
  explicit SchemaPaths(const char* file)
      : schema_(parse_json(std::string(embedded_file(file)), file)) {
    walk(schema_, "");
  }

  std::set<std::string> all, required;

 private:
  void walk(const Json& schema, const std::string& path) {
    if (!schema.is_object()) return;
    if (schema.contains("$ref")) {
      const auto reference = schema["$ref"].get<std::string>();
      return walk(schema_["$defs"][reference.substr(reference.rfind('/') + 1)], path);
    }
    if (schema.contains("items")) return walk(schema["items"], path);
    if (schema.value("additionalProperties", Json()) != Json(false)) return;
    for (const auto& [key, field] : schema["properties"].items()) {
      all.insert(path + '/' + key);
      walk(field, path + '/' + key);
    }
    for (const Json& key : schema.value("required", Json::array()))
      required.insert(path + '/' + key.get<std::string>());
  }

  Json schema_;
};

std::string difference(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::string only;
  for (const std::string& path : a)
    if (!b.contains(path)) only += path + ' ';
  return only;
}

/// What only one of the two has; `elsewhere` is what a schema has and the struct does without.
template <class Document>
void compare(const char* file, const std::set<std::string>& elsewhere = {}) {
  CAPTURE(std::string(file));
  Document document;
  FieldPaths listed;
  visit_fields(listed, document);
  listed.all.insert(elsewhere.begin(), elsewhere.end());
  const SchemaPaths schema(file);
  CHECK(difference(listed.all, schema.all) == "");
  CHECK(difference(schema.all, listed.all) == "");
  CHECK(difference(listed.required, schema.required) == "");
  CHECK(difference(schema.required, listed.required) ==
        difference(elsewhere, {"/extensions", "/counts/not_applicable"}));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a field is in a list and in its schema or in neither") {
    compare<Result>("result.schema.json");
    compare<Profile>("profile.schema.json", {"/extensions"});
    compare<Baseline>("baseline.schema.json", {"/extensions"});
    compare<VerdictDocument>("verdict.schema.json",
                             {"/extensions", "/counts/pass", "/counts/warn", "/counts/fail",
                              "/counts/not_evaluated", "/counts/not_applicable"});  // a map
    compare<Comparison>("comparison.schema.json",
                        {"/extensions", "/counts/same", "/counts/better", "/counts/worse",
                         "/counts/unclear", "/counts/not_comparable"});  // a map
  }
}

}  // namespace assay
