// Finds out what a document is and holds it to its schema, which is compiled in.
#include "harness/core/document_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "harness/core/embedded.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay {

namespace {

struct KindOfDocument {
  DocumentKind kind;
  const char* name;
  const char* schema;
  std::vector<std::string> versions;  // that are read; the last is written
};

const KindOfDocument kKinds[] = {
    {DocumentKind::result, "assay.result", "result.schema.json", {"1.0", "1.1"}},
    {DocumentKind::verdict, "assay.verdict", "verdict.schema.json", {"1.0", "1.1"}},
    {DocumentKind::profile, "assay.profile", "profile.schema.json", {"1.0", "1.1"}},
    {DocumentKind::baseline, "assay.baseline", "baseline.schema.json", {"1.0", "1.1"}},
    {DocumentKind::comparison, "assay.comparison", "comparison.schema.json", {"1.1"}},
};

const KindOfDocument& described(DocumentKind kind) {
  for (const KindOfDocument& known : kKinds) {
    if (known.kind == kind) return known;
  }
  throw Error("a document kind outside its enumeration");
}

const std::string* text_field(const Json& document, const char* key) {
  const auto found = document.find(key);
  return found == document.end() ? nullptr : found->get_ptr<const std::string*>();
}

void require_version(const Json& document, const KindOfDocument& kind, const std::string& where) {
  const std::string* version = text_field(document, "schema_version");
  if (version == nullptr) {
    throw Error(fmt::format("{}: missing field \"schema_version\", expected \"{}\"", where,
                            kind.versions.back()));
  }
  if (std::count(kind.versions.begin(), kind.versions.end(), *version) == 0) {
    throw Error(
        fmt::format("{}: schema_version is {}, and this assay reads \"{}\": use the assay "
                    "that wrote it or a later one",
                    where, in_quotes(*version), fmt::join(kind.versions, "\" and \"")));
  }
}

}  // namespace

const Schema& schema_of(DocumentKind kind) {
  static const auto all = [] {
    std::map<DocumentKind, std::unique_ptr<Schema>> schemas;
    for (const KindOfDocument& known : kKinds) {
      schemas[known.kind] = std::make_unique<Schema>(embedded_file(known.schema), known.schema);
    }
    return schemas;
  }();
  return *all.at(kind);
}

DocumentKind kind_of(const Json& document, const std::string& where) {
  if (!document.is_object()) throw Error(where + ": not a JSON object, so no document of ours");
  const std::string* kind = text_field(document, "kind");
  if (kind == nullptr) {
    throw Error(where + ": missing field \"kind\", expected one such as \"assay.result\"");
  }
  for (const KindOfDocument& known : kKinds) {
    if (*kind == known.name) return known.kind;
  }
  throw Error(fmt::format("{}: kind {} is no document of ours", where, in_quotes(*kind)));
}

void check_schema(const Json& document, DocumentKind kind, const std::string& where) {
  const DocumentKind says = kind_of(document, where);
  if (says != kind) {
    throw Error(fmt::format("{}: is an {} document where an {} was expected", where, name(says),
                            name(kind)));
  }
  require_version(document, described(kind), where);
  if (const auto bad = schema_of(kind).check(document)) {
    const std::string& place = bad->pointer.empty() ? "top level" : bad->pointer;
    throw Error(fmt::format("{}: {}: {}", where, place, bad->problem));
  }
}

const char* name(DocumentKind kind) { return described(kind).name; }

}  // namespace assay
