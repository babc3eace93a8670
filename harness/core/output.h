// What a command may write over: asked before anything is done for the output, by every command.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/document.h"

namespace assay {

/// What an output holds, and how a file that holds such a thing already is told from any other.
struct OutputKind {
  std::string noun;  // `a result document`
  std::function<bool(const std::string& text)> is_one;
};
OutputKind document_of(DocumentKind kind);
/// Of text whose first characters are always the same.
OutputKind text_beginning(std::string noun, std::string beginning);

/// False for a file that cannot be read, too.
bool is_one(const OutputKind& kind, const std::filesystem::path& file);

struct Output {
  std::filesystem::path path;  // `-` is standard output
  OutputKind kind;
  bool force = false;                        // replaces what is of another kind
  std::vector<std::filesystem::path> taken;  // what the same command reads, or writes too
};

/// Throws Error when no file can be made there (a folder, no such folder, not writable), when the
/// same command reads or writes it already, and when there is a file of another kind and no force.
/// An empty file may be replaced.
void refuse_output(const Output& output);

/// Why a folder may not be taken for the documents of a run; empty when it may: it is not there
/// yet, or holds nothing but hidden files and empty folders.
std::string why_folder_is_taken(const std::filesystem::path& folder);
/// Throws it, unless forced.
void refuse_taken_folder(const std::filesystem::path& folder, bool force);

bool is_standard_output(const std::filesystem::path& path);
/// Standard output, a pipe, a device: written once and straight through, because it cannot be
/// replaced.
bool is_stream(const std::filesystem::path& path);
/// What messages call it.
std::string shown_output(const std::filesystem::path& path);

}  // namespace assay
