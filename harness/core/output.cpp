// Looks at what is there, and says why it stays.
#include "harness/core/output.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "harness/core/error.h"
#include "harness/core/room.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw Error(fmt::format("cannot write {}: {}", path.string(), why));
}

/// Nobody who writes a document to a disk means the disk itself.
void refuse_disks_and_sockets(const fs::path& file) {
  std::error_code ignored;
  const fs::file_status status = fs::status(file, ignored);
  if (fs::is_block_file(status)) refuse(file, "it is a disk; name a file");
  if (fs::is_socket(status)) refuse(file, "it is a socket; name a file");
}

void require_writable_place(const fs::path& asked) {
  std::error_code failure;
  const fs::path absolute = fs::absolute(behind_links(asked), failure);
  if (failure)
    refuse(asked, fmt::format("the working folder cannot be found: {}; change to one that is there",
                              failure.message()));
  if (absolute.filename().empty() || fs::is_directory(absolute, failure))
    refuse(asked, "it is a folder; name a file in it");
  const fs::path folder = absolute.parent_path();
  if (access(folder.c_str(), W_OK | X_OK) == 0) return;
  if (errno == ENOENT || errno == ENOTDIR)
    refuse(asked, fmt::format("there is no folder {}; make it first", folder.string()));
  refuse(asked, fmt::format("the folder {} is not writable: {}; choose another", folder.string(),
                            std::strerror(errno)));
}

/// Through links of both kinds; also of files that are not there yet.
bool is_same_file(const fs::path& a, const fs::path& b) {
  if (is_standard_output(a) || is_standard_output(b))
    return is_standard_output(a) && is_standard_output(b);
  std::error_code failure;
  if (fs::equivalent(a, b, failure) && !failure) return true;
  return fs::weakly_canonical(fs::absolute(a, failure), failure) ==
         fs::weakly_canonical(fs::absolute(b, failure), failure);
}

bool may_be_replaced(const Output& output) {
  std::error_code failure;
  if (!fs::is_regular_file(output.path, failure)) return true;  // none yet, or a device
  return fs::file_size(output.path, failure) == 0 || is_one(output.kind, output.path);
}

std::string noun_of(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::result:
      return "a result document";
    case DocumentKind::verdict:
      return "a verdict document";
    case DocumentKind::profile:
      return "a profile";
    case DocumentKind::baseline:
      return "a baseline";
    case DocumentKind::comparison:
      return "a comparison document";
  }
  return "a document";
}

/// The folder of a new file system has lost+found; empty folders are what ranks that share one make
/// before they have met.
bool holds_nothing(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  if (name.starts_with('.') || name == "lost+found") return true;
  std::error_code failure;
  return entry.is_directory(failure) && fs::is_empty(entry.path(), failure) && !failure;
}

}  // namespace

OutputKind document_of(DocumentKind kind) {
  return {noun_of(kind), [kind](const std::string& text) {
            return kind_of(parse_json(text, "the file"), "the file") == kind;
          }};
}

OutputKind text_beginning(std::string noun, std::string beginning) {
  return {std::move(noun), [beginning = std::move(beginning)](const std::string& text) {
            return text.starts_with(beginning);
          }};
}

bool is_one(const OutputKind& kind, const fs::path& file) {
  try {
    return kind.is_one(read_text(file));
  } catch (const Error&) {
    return false;
  }
}

void refuse_output(const Output& output) {
  const bool is_taken =
      std::any_of(output.taken.begin(), output.taken.end(),
                  [&](const fs::path& one) { return is_same_file(output.path, one); });
  if (is_taken)
    throw Error(fmt::format("{} is read or written by this command already: name another output",
                            shown_output(output.path)));
  if (is_standard_output(output.path)) return;
  if (output.path.empty()) throw Error("the output has no name: give a file, or - to print it");
  refuse_disks_and_sockets(output.path);
  if (!is_stream(output.path)) require_writable_place(output.path);
  if (output.force || may_be_replaced(output)) return;
  throw Error(fmt::format("{} exists and is not {}: name another file, or replace it with --force",
                          output.path.string(), output.kind.noun));
}

std::string why_folder_is_taken(const fs::path& folder) {
  std::error_code failure;
  if (!fs::exists(folder, failure)) return "";
  if (!fs::is_directory(folder, failure))
    return fmt::format("cannot write into {}: it is a file and no folder", folder.string());
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (holds_nothing(*entry)) continue;
    return fmt::format(
        "the folder {} holds {} already: name another folder, or write into it with --force",
        folder.string(), entry->path().filename().string());
  }
  return failure ? fmt::format("cannot read the folder {}: {}", folder.string(), failure.message())
                 : "";
}

void refuse_taken_folder(const fs::path& folder, bool force) {
  if (force) return;
  if (const std::string why = why_folder_is_taken(folder); !why.empty()) throw Error(why);
}

bool is_standard_output(const fs::path& path) {
  if (path == "-") return true;
  struct stat named = {}, standard = {};
  if (::stat(path.c_str(), &named) != 0 || ::fstat(STDOUT_FILENO, &standard) != 0) return false;
  const bool is_terminal_or_null = S_ISCHR(named.st_mode);  // no program reads what goes there
  return !is_terminal_or_null && named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

bool is_stream(const fs::path& path) {
  if (is_standard_output(path)) return true;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

std::string shown_output(const fs::path& path) {
  return is_standard_output(path) ? "standard output" : path.string();
}

}  // namespace assay
