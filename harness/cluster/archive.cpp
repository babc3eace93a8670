// POSIX.1-1988 ustar: 512-byte headers, contents padded to 512, two empty blocks at the end.
#include "harness/cluster/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <sstream>

#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay::cluster {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLongestName = 100;
constexpr const char* kSums = "SHA256SUMS";

struct Header {  // as the standard lays it out
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100],
      magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == kBlock);

void octal(char* field, std::size_t width, std::uint64_t value) {
  const std::string digits = fmt::format("{:0{}o}", value, width - 1);
  std::memcpy(field, digits.data(), width - 1);
}

unsigned checksum(Header header) {
  std::memset(header.checksum, ' ', sizeof header.checksum);
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    sum += reinterpret_cast<const unsigned char*>(&header)[i];
  return sum;
}

std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

void append(std::string& archive, const std::string& name, const std::string& text) {
  if (name.size() > kLongestName)
    throw Error(fmt::format("{} has a name of over {} bytes, which the archive cannot hold",
                            in_quotes(name), kLongestName));
  Header header{};
  std::memcpy(header.name, name.data(), name.size());
  octal(header.mode, sizeof header.mode, 0644);
  octal(header.uid, sizeof header.uid, 0);
  octal(header.gid, sizeof header.gid, 0);
  octal(header.size, sizeof header.size, text.size());
  octal(header.mtime, sizeof header.mtime, 0);
  header.type = '0';
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  octal(header.checksum, sizeof header.checksum - 1, checksum(header));
  archive.append(reinterpret_cast<const char*>(&header), kBlock);
  archive += text;
  archive.resize(padded(archive.size()), '\0');
}

Files files_below(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw Error("cannot archive " + folder.string() + ": it is no folder of results");
  Files files;
  for (auto entry = fs::recursive_directory_iterator(folder);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->path().filename().string().starts_with('.')) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files[entry->path().lexically_relative(folder).string()] = read_text(entry->path());
    }
  }
  return files;
}

[[noreturn]] void cut() {
  throw Error("the archive of results is not whole: the stream was cut; collect again");
}

/// The members of an archive; throws Error where it ends too early or a header is damaged.
Files members(const std::string& archive) {
  Files files;
  std::size_t at = 0;
  for (;;) {
    if (at + kBlock > archive.size()) cut();
    Header header;
    std::memcpy(&header, archive.data() + at, kBlock);
    if (header.name[0] == '\0') return files;
    if (std::strtoul(std::string(header.checksum, 7).c_str(), nullptr, 8) != checksum(header))
      throw Error(fmt::format("the archive of results is damaged at byte {}", at));
    const std::size_t size = std::strtoull(std::string(header.size, 11).c_str(), nullptr, 8);
    at += kBlock;
    if (size > archive.size() - at) cut();
    const std::string name(header.name, strnlen(header.name, sizeof header.name));
    files[name] = archive.substr(at, size);
    at += padded(size);
  }
}

void require_inside(const std::string& name) {
  const fs::path path(name);
  const bool is_plain = path.has_filename() && name == path.lexically_normal().string();
  if (!is_plain || path.is_absolute() || name == "." || *path.begin() == "..")
    throw Error(fmt::format("the archive of results holds {}, which is no place inside a folder",
                            in_quotes(name)));
}

void require_files_alone(const Files& files) {
  for (const auto& [name, text] : files)
    for (std::size_t end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1))
      if (files.contains(name.substr(0, end)))
        throw Error(fmt::format("the archive of results holds {} as a file and as a folder",
                                in_quotes(name.substr(0, end))));
}

void check_sums(const Files& files) {
  const auto sums = files.find(kSums);
  if (sums == files.end()) cut();
  std::istringstream lines(sums->second);
  std::size_t named = 0;
  for (std::string line; std::getline(lines, line); ++named) {
    const std::size_t name = line.find("  ");
    const auto file = name == std::string::npos ? files.end() : files.find(line.substr(name + 2));
    if (file == files.end()) cut();
    if (sha256_hex(file->second) != line.substr(0, name))
      throw Error(fmt::format("{} was changed on the way: its SHA-256 differs; collect again",
                              in_quotes(file->first)));
  }
  if (named + 1 != files.size()) cut();
}

}  // namespace

std::string pack(const Files& files) {
  std::string archive, sums;
  for (const auto& [name, text] : files) {
    append(archive, name, text);
    sums += fmt::format("{}  {}\n", sha256_hex(text), name);
  }
  append(archive, kSums, sums);
  archive.resize(archive.size() + 2 * kBlock, '\0');
  return archive;
}

std::string pack(const fs::path& folder) { return pack(files_below(folder)); }

Files read_archive(const std::string& archive) {
  Files files = members(archive);
  for (const auto& [name, text] : files) require_inside(name);
  require_files_alone(files);
  check_sums(files);
  files.erase(kSums);
  return files;
}

std::size_t unpack(const std::string& archive, const fs::path& folder) {
  const Files files = read_archive(archive);
  for (const auto& [name, text] : files) {
    fs::create_directories((folder / name).parent_path());
    write_text(text, folder / name);
  }
  return files.size();
}

}  // namespace assay::cluster
