// Validating, reading and writing documents of every kind.
#include "harness/core/document.h"

#include "harness/core/baseline_json.h"
#include "harness/core/document_schema.h"
#include "harness/core/error.h"
#include "harness/core/json_text.h"
#include "harness/core/profile_json.h"
#include "harness/core/quick_result.h"
#include "harness/core/read_partly.h"
#include "harness/core/read_text.h"

namespace assay {

namespace {

Result result_from_checked(const Json& document, const std::string& where) {
  try {
    return result_from_json(document);
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

/// Slower than `read_quickly`, but it says what is wrong, and it reads every version.
Result read_strictly(const std::string& text, const std::string& where) {
  const Json document = parse_json(text, where);
  check_schema(document, DocumentKind::result, where);
  return result_from_checked(document, where);
}

/// Until the thread reads the next one.
const std::string& text_of(const std::filesystem::path& path) {
  constexpr std::size_t kLarge = std::size_t{16} << 20;
  thread_local std::string text;
  if (text.capacity() > kLarge) text = std::string();
  read_text(path, text);
  return text;
}

void read(const std::filesystem::path& path,
          const std::optional<std::span<const std::string_view>>& telemetry, Result& result) {
  const std::string& text = text_of(path);
  if (!read_quickly(text, result, telemetry)) result = read_strictly(text, path.string());
  // Its writer marks the end; a document that is read while it says `running` lost its writer.
  if (result.status == RunStatus::running) result.status = RunStatus::interrupted;
}

}  // namespace

void validate(const Json& document, DocumentKind kind, const std::string& where) {
  check_schema(document, kind, where);
  if (kind == DocumentKind::result) result_from_checked(document, where);
  if (kind == DocumentKind::profile) profile_from_json(document, where);
  if (kind == DocumentKind::baseline) baseline_from_json(document, where);
}

Result read_result(const std::filesystem::path& path) {
  Result result;
  read(path, std::nullopt, result);
  return result;
}

void read_result(const std::filesystem::path& path, std::span<const std::string_view> telemetry,
                 Result& result) {
  read(path, telemetry, result);
}

std::string document_text(const Json& document, DocumentKind kind, const std::string& where) {
  validate(document, kind, where);
  return json_text(document);
}

void write_document(const Json& document, DocumentKind kind, const std::filesystem::path& path) {
  write_text(document_text(document, kind, path.string()), path);
}

}  // namespace assay
