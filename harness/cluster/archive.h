// A folder as one stream of bytes, and back: a tar archive that carries its own digests.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace assay::cluster {

using Files = std::map<std::string, std::string>;  // by their path below the folder

/// Every file below `folder` but hidden ones, as a POSIX ustar archive whose last member,
/// `SHA256SUMS`, names the digest of every other: `tar x` and `sha256sum -c` read it.
/// Throws Error for a name that ustar cannot hold (over 100 bytes) and what cannot be read.
std::string pack(const std::filesystem::path& folder);

std::string pack(const Files& files);

/// What was packed, without the digests. Throws Error for an archive that was cut, a digest that
/// differs, a name that is no place inside a folder, and a file that is also a folder of others.
Files read_archive(const std::string& archive);

/// Writes the files of `archive` below `folder`, which is made where there are any, and returns
/// their number. Throws what read_archive() throws before anything is written.
std::size_t unpack(const std::string& archive, const std::filesystem::path& folder);

}  // namespace assay::cluster
