// The only reader and writer of Assay's documents: strict JSON, checked against its schema on
// reading and writing, and written completely or not at all.
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

/// Checks the document's own `kind` and `schema_version` (a later version is refused), then the
/// embedded schema of `kind`, then what a schema cannot express. Throws Error with one line that
/// gives the JSON pointer and what was expected there.
void validate(const Json& document, DocumentKind kind, const std::string& where);
/// The document's `kind`; throws Error when it is not one of ours.
DocumentKind kind_of(const Json& document, const std::string& where);

/// The bytes of a file, for parse_json and digests; throws Error naming the file and why.
std::string read_text(const std::filesystem::path& path);
/// Reads and validates. A result whose status is `running` is returned as `interrupted`: its
/// writer is gone.
Result read_result(const std::filesystem::path& path);
/// Each path is a document, or a folder of `*.json` result documents (`nodes/*.json` included), or
/// one that holds none itself but such folders with `nodes/`, each of a process or a run: equal
/// copies in them are read once.
/// Hidden files and our documents of another kind (verdict.json) are skipped. Any other file is
/// kept, so that reading it reports what is wrong. Throws Error for a folder without any.
std::vector<std::filesystem::path> expand_paths(const std::vector<std::string>& paths);

/// Validates, then writes to a temporary file beside `path`, fsyncs, renames, fsyncs the folder. On
/// failure `path` keeps its contents, the temporary file is removed, and an Error says why.
void write_document(const Json& document, DocumentKind kind, const std::filesystem::path& path);
/// The same for text that is not JSON (reports, JUnit).
void write_text(const std::string& text, const std::filesystem::path& path);

/// Now, as RFC 3339 UTC with milliseconds: `2026-11-23T17:40:00.123Z`. By the wall clock as it
/// stood when the process began, so that a later time is never before an earlier one.
std::string utc_now();

}  // namespace assay
