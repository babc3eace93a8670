// Writing a file whole or not at all: a temporary file beside it, fsync, rename, fsync the folder.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const char* attempted, int reason) {
  const char* advice = "";
  if (reason == ENOSPC || reason == EDQUOT) advice = "; free some space or choose another place";
  if (reason == EACCES || reason == EPERM || reason == EROFS) {
    advice = "; choose a folder that you may write to";
  }
  if (reason == ENOENT) advice = "; create the folder first";
  throw Error(fmt::format("cannot write {}: {}: {}{}", path.string(), attempted,
                          std::strerror(reason), advice));
}

/// An open file that is always closed, and removed unless it is kept.
class Descriptor {
 public:
  Descriptor(int fd, fs::path remove) : fd_(fd), remove_(std::move(remove)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
    if (!remove_.empty()) ::unlink(remove_.c_str());
  }
  int get() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }
  void keep() { remove_.clear(); }

 private:
  int fd_;
  fs::path remove_;
};

void write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "writing", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// `.name.pid.tmp`: hidden and without a document's extension, so that what a killed process
/// leaves is never read as a document.
std::pair<int, fs::path> create_beside(const fs::path& path) {
  constexpr int kAttempts = 16;
  for (int attempt = 0;; ++attempt) {
    const std::string suffix = attempt == 0 ? "" : fmt::format(".{}", attempt);
    const fs::path temporary =
        path.parent_path() /
        fmt::format(".{}.{}{}.tmp", path.filename().string(), ::getpid(), suffix);
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) return {fd, temporary};
    if (errno != EEXIST || attempt == kAttempts) fail(path, "creating a file in its folder", errno);
  }
}

void sync_folder(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a folder that may be written but not read: the rename stands all the same
  const Descriptor descriptor(fd, {});
  if (::fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP) {
    fail(path, "flushing its folder", errno);
  }
}

/// A pipe or a terminal (`-o /dev/stdout`) cannot be replaced; it is written straight through.
void write_through(const std::string& text, const fs::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) fail(path, "opening", errno);
  const Descriptor descriptor(fd, {});
  write_all(fd, text, path);
}

}  // namespace

void write_text(const std::string& text, const fs::path& asked) {
  std::error_code ignored;
  const fs::file_status status = fs::status(asked, ignored);
  if (fs::is_directory(status)) {
    throw Error(fmt::format("cannot write {}: it is a folder; name a file", asked.string()));
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_through(text, asked);
  // Through a symbolic link, so that the link stays and its target is replaced.
  fs::path path = asked;
  if (fs::is_symlink(fs::symlink_status(asked, ignored))) {
    const fs::path target = fs::weakly_canonical(asked, ignored);
    if (!target.empty()) path = target;
  }

  const auto [fd, temporary] = create_beside(path);
  Descriptor file(fd, temporary);
  write_all(file.get(), text, path);
  if (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    fail(path, "flushing", errno);
  }
  if (file.close() != 0) fail(path, "closing", errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "renaming into place", errno);
  file.keep();
  sync_folder(path);
}

}  // namespace assay
