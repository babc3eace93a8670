// Writing a file whole or not at all: a temporary file beside it, fsync, rename, fsync the folder.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/output.h"
#include "harness/core/output_stream.h"
#include "harness/core/room.h"
#include "harness/core/write_failure.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

/// As much of a name as leaves room for what stands around it; no character is cut.
std::string beginning_of(const std::string& name, std::size_t around) {
  std::size_t size = std::min<std::size_t>(name.size(), NAME_MAX - around);
  const auto is_inside = [&](std::size_t at) {
    return at < name.size() && (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80;
  };
  while (size > 0 && is_inside(size)) --size;
  return name.substr(0, size);
}

/// `.name.pid.tmp`: hidden and without a document's extension, so that what a killed process
/// leaves is never read as a document. Until `make` says that it made the file, or why not.
template <class Make>
fs::path first_free_name(const fs::path& path, const Make& make) {
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt <= kAttempts; ++attempt) {
    const std::string number = attempt == 0 ? "" : fmt::format(".{}", attempt);
    const std::string end = fmt::format(".{}{}.tmp", ::getpid(), number);
    const std::string begin = beginning_of(path.filename().string(), end.size() + 1);
    const fs::path name = path.parent_path() / fmt::format(".{}{}", begin, end);
    if (make(name)) return name;
    if (errno != EEXIST) break;
  }
  return {};
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void sync_folder(const fs::path& path) {
  const int fd = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder that may be written but not read: the rename stands all the same
  const int reason = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (reason != 0 && reason != EINVAL && reason != ENOTSUP) {
    write_failed(path, "flushing its folder", reason);
  }
}

}  // namespace

fs::path behind_links(const fs::path& asked) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  fs::path path = asked;
  std::error_code ignored;
  for (int links = 0; fs::is_symlink(fs::symlink_status(path, ignored)); ++links) {
    if (links == kMostLinks) write_failed(asked, "following its links", ELOOP);
    path = path.parent_path() / fs::read_symlink(path, ignored);  // which may be absolute
  }
  return path;
}

void write_failed(const fs::path& path, const char* attempted, int reason) {
  const char* advice = "";
  if (reason == ENOSPC || reason == EDQUOT) advice = "; free some space or choose another place";
  if (reason == EACCES || reason == EPERM || reason == EROFS) {
    advice = "; choose a folder that you may write to";
  }
  if (reason == EFBIG) advice = "; raise ulimit -f";
  if (reason == EMFILE) advice = "; raise ulimit -n";
  if (reason == ENOENT) advice = "; create the folder first";
  throw Error(fmt::format("cannot write {}: {}: {}{}", shown_output(path), attempted,
                          std::strerror(reason), advice));
}

void write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) write_failed(path, "writing", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Room::Room(fs::path file, std::size_t bytes) : file_(behind_links(file)) {
  if (bytes > 0) open_unnamed();
  if (fd_ < 0) open_named();
  try {
    if (bytes > 0) keep(bytes);
  } catch (...) {
    drop();
    throw;
  }
}

Room::~Room() { drop(); }

void Room::drop() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (!name_.empty()) ::unlink(std::exchange(name_, {}).c_str());
}

/// Nothing is left of it when the process is killed. Not every file system can.
void Room::open_unnamed() {
  fd_ = ::open(folder_of(file_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

void Room::open_named() {
  name_ = first_free_name(file_, [&](const fs::path& name) {
    fd_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return fd_ >= 0;
  });
  if (fd_ < 0) write_failed(file_, "creating a file in its folder", errno);
}

bool Room::give_name() {
  const std::string self = fmt::format("/proc/self/fd/{}", fd_);
  name_ = first_free_name(file_, [&](const fs::path& name) {
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  });
  return !name_.empty();
}

void Room::keep(std::size_t bytes) {
  while (::fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return;
    const std::string attempted = fmt::format("keeping {} KiB for it", (bytes + 1023) / 1024);
    write_failed(file_, attempted.c_str(), errno);
  }
}

void Room::take(const std::string& text) {
  write_all(fd_, text, file_);
  if (::ftruncate(fd_, static_cast<off_t>(text.size())) != 0) write_failed(file_, "writing", errno);
  if (::fsync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP)
    write_failed(file_, "flushing", errno);
  if (name_.empty() && !give_name()) return Room(file_, 0).take(text);
  if (::close(std::exchange(fd_, -1)) != 0) write_failed(file_, "closing", errno);
  if (::rename(name_.c_str(), file_.c_str()) != 0)
    write_failed(file_, "renaming into place", errno);
  name_.clear();
  sync_folder(file_);
}

void write_text(const std::string& text, const fs::path& asked) {
  std::error_code ignored;
  const fs::file_status status = fs::status(asked, ignored);
  if (fs::is_directory(status)) {
    throw Error(fmt::format("cannot write {}: it is a folder; name a file", asked.string()));
  }
  if (is_stream(asked)) return OutputStream(asked).write(text);
  Room(asked, 0).take(text);
}

}  // namespace assay
