// Which files a command may overwrite; every command checks this before it starts its work.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/document.h"

namespace assay {

/// The kind of an output, and how to recognise an existing file of that kind.
struct OutputKind {
  std::string noun;  // `a result document`
  std::function<bool(const std::string& text)> is_one;
};
OutputKind document_of(DocumentKind kind);
/// The kind of a text that always begins with the same characters.
OutputKind text_beginning(std::string noun, std::string beginning);

/// False for a file that cannot be read, too.
bool is_one(const OutputKind& kind, const std::filesystem::path& file);

struct Output {
  std::filesystem::path path;  // `-` is standard output
  OutputKind kind;
  bool force = false;                        // also replaces a file of another kind
  std::vector<std::filesystem::path> taken;  // that the same command reads or also writes
};

/// Throws Error when no file can be made there (a folder, no such folder, not writable), when the
/// same command reads or writes it already, and when there is a file of another kind and no force.
/// An empty file may be replaced.
void refuse_output(const Output& output);

/// Why a folder may not be taken for the documents of a run; empty when it may: it is not there
/// yet, or holds nothing but hidden files and empty folders.
std::string why_folder_is_taken(const std::filesystem::path& folder);
/// Throws Error with that reason, unless `force`.
void refuse_taken_folder(const std::filesystem::path& folder, bool force);

/// `-`, or the pipe or file that standard output is under another name, as /dev/stdout: it gets the
/// document and nothing beside it.
bool is_standard_output(const std::filesystem::path& path);
/// Standard output, a pipe, a device: written once and straight through, because it cannot be
/// replaced.
bool is_stream(const std::filesystem::path& path);
/// The output's name in messages.
std::string shown_output(const std::filesystem::path& path);

}  // namespace assay
