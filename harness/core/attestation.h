// A signed statement about files: an in-toto statement in a DSSE envelope.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/signature.h"

namespace assay {

inline constexpr std::string_view kEnvelopeBeginning = "{\n  \"payloadType\": ";

/// A file that a statement is about, by its name in the folder that was signed.
struct SignedFile {
  std::string name;
  std::filesystem::path path;
};

/// Every file of the paths, each a file or a folder with all that is in it, in the order of their
/// names; a file given by itself has its own name. `envelope`, which may lie in the folder that it
/// is about, is none of them where it begins as one. Throws Error for two files of one name, for a
/// path that cannot be read, and for a link to a folder, a pipe or a device in a folder.
std::vector<SignedFile> signed_files(const std::vector<std::string>& paths,
                                     const std::filesystem::path& envelope);

/// Whether the file begins as the envelopes that Assay writes do: it is no document.
bool is_envelope(const std::filesystem::path& path);

/// The envelope that says, signed with the key, what the SHA-256 of each file is. Assay's documents
/// among them are named by kind, and as simulated where they are.
std::string envelope_of(const std::vector<SignedFile>& files, const SigningKey& key);

/// Throws Error, one line, unless the envelope was signed with the key, is unchanged to the byte,
/// and names exactly these files with the digests that they have.
void verify_envelope(const std::string& envelope, const std::string& where,
                     const std::vector<SignedFile>& files, const SigningKey& key);

}  // namespace assay
