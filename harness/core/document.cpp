// Validating, reading and writing documents of every kind.
#include "harness/core/document.h"

#include "harness/core/baseline_json.h"
#include "harness/core/document_schema.h"
#include "harness/core/error.h"
#include "harness/core/json_text.h"
#include "harness/core/profile_json.h"

namespace assay {

namespace {

Result result_from_checked(const Json& document, const std::string& where) {
  try {
    return result_from_json(document);
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

}  // namespace

void validate(const Json& document, DocumentKind kind, const std::string& where) {
  check_schema(document, kind, where);
  if (kind == DocumentKind::result) result_from_checked(document, where);
  if (kind == DocumentKind::profile) profile_from_json(document, where);
  if (kind == DocumentKind::baseline) baseline_from_json(document, where);
}

Result read_result(const std::filesystem::path& path) {
  const Json document = parse_json(read_text(path), path.string());
  check_schema(document, DocumentKind::result, path.string());
  Result result = result_from_checked(document, path.string());
  // Its writer marks the end; a document that is read while it says `running` lost its writer.
  if (result.status == RunStatus::running) result.status = RunStatus::interrupted;
  return result;
}

std::string document_text(const Json& document, DocumentKind kind, const std::string& where) {
  validate(document, kind, where);
  return json_text(document);
}

void write_document(const Json& document, DocumentKind kind, const std::filesystem::path& path) {
  write_text(document_text(document, kind, path.string()), path);
}

}  // namespace assay
