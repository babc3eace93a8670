// A folder as one stream of bytes, and back: a tar archive that carries its own digests.
#pragma once

#include <filesystem>
#include <string>

namespace assay::cluster {

/// Every file below `folder` but hidden ones, as a POSIX ustar archive whose last member,
/// `SHA256SUMS`, names the digest of every other: `tar x` and `sha256sum -c` read it.
/// Throws Error for a name that ustar cannot hold (over 100 bytes) and what cannot be read.
std::string pack(const std::filesystem::path& folder);

/// Writes the files of `archive` below `folder`, which is made where there are any, and returns
/// their number. Throws Error, before anything is written, for an archive that was cut, a digest
/// that differs, and a name that leads out of it.
std::size_t unpack(const std::string& archive, const std::filesystem::path& folder);

}  // namespace assay::cluster
