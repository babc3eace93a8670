// The only reader and writer of Assay's documents: strict JSON, schema-checked both ways, and
// written whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

enum class DocumentKind { result, verdict, profile, baseline, comparison };

/// Parses JSON strictly: no NaN, no duplicate keys, at most 64 levels, at most 256 MiB, nothing
/// after the end. Throws Error: `where: line L, column C: what`.
Json parse_json(std::string_view text, const std::string& where);

/// Checks against the embedded schema of `kind`, then what no schema can say (and the document's
/// own `kind` and `schema_version` first: a later version is refused by name). Throws Error with
/// one line that gives the JSON pointer and what was expected there.
void validate(const Json& document, DocumentKind kind, const std::string& where);
/// The kind that a document says it is; throws Error when it says none of ours.
DocumentKind kind_of(const Json& document, const std::string& where);

/// The bytes of a file, for parse_json and digests; throws Error naming the file and why.
std::string read_text(const std::filesystem::path& path);
/// Reads and validates. A result whose status is `running` is returned as `interrupted`: its
/// writer is gone.
Result read_result(const std::filesystem::path& path);
/// A document, or every `*.json` result document of a folder (`nodes/*.json` included). Files
/// there that are another kind of document of ours (verdict.json) are left out, and hidden ones;
/// anything else that is no result is kept, so that reading it says what is wrong. A folder
/// without any is an Error.
std::vector<std::filesystem::path> expand_paths(const std::vector<std::string>& paths);

/// Validates, then writes to a temporary file beside `path`, fsyncs, renames, fsyncs the folder.
/// On any failure `path` keeps what it held, the temporary file is gone, and an Error says why.
void write_document(const Json& document, DocumentKind kind, const std::filesystem::path& path);
/// The same care for text that is not JSON (reports, JUnit).
void write_text(const std::string& text, const std::filesystem::path& path);

/// Now, as RFC 3339 UTC with milliseconds: `2026-11-23T17:40:00.123Z`.
std::string utc_now();

}  // namespace assay
