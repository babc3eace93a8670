// Record locks on files in a folder that every user of the machine shares.
//
// The folder is /tmp and not $XDG_RUNTIME_DIR, because a login, cron and sudo have different
// runtime folders and must still see each other. fcntl's record locks and not flock, because the
// kernel then names the holder's PID itself: no file content that a killed run leaves behind.
#include "harness/run/device_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "harness/core/error.h"

namespace assay::run {

namespace {

constexpr const char* kFolderVariable = "ASSAY_LOCK_DIR";
constexpr mode_t kEveryUser = 0666;
constexpr mode_t kEveryUsersFolder = 01777;  // as /tmp: nobody removes another's lock

std::string lock_folder() {
  const char* folder = std::getenv(kFolderVariable);
  return folder && *folder ? folder : "/tmp";
}

std::string lock_path(const std::string& name) {
  return fmt::format("{}/assay-{}.lock", lock_folder(), name);
}

/// A folder that ASSAY_LOCK_DIR names may be new, the one it lies in not: that would be a slip.
/// A failure here is reported later, when the lock file cannot be opened.
void make_lock_folder() {
  const std::string folder = lock_folder();
  if (mkdir(folder.c_str(), kEveryUsersFolder) != 0) return;
  [[maybe_unused]] const int opened_to_all = chmod(folder.c_str(), kEveryUsersFolder);
}

/// Opens or creates the file. Never O_CREAT on one that exists: Linux refuses that for another
/// user's file in a sticky folder (fs.protected_regular). Never through a symbolic link.
int open_lock_file(const std::string& path) {
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const int existing = open(path.c_str(), kFlags);
    if (existing >= 0 || errno != ENOENT) return existing;
    const int made = open(path.c_str(), kFlags | O_CREAT | O_EXCL, kEveryUser);
    if (made >= 0) {
      // The umask took bits away. Where this fails the lock still holds for this user.
      [[maybe_unused]] const int opened_to_all = fchmod(made, kEveryUser);
      return made;
    }
    if (errno != EEXIST) return made;
  }
  return -1;
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// 0: nobody any more, or nobody who can be seen here.
pid_t holder(int descriptor) {
  struct flock lock = whole_file();
  const bool is_held = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  return is_held ? lock.l_pid : 0;
}

}  // namespace

std::string holder_in_words(pid_t holder) {
  return holder > 0 ? fmt::format("with PID {}", holder) : "in another container";
}

DeviceLock::DeviceLock(const std::string& name) {
  const std::string path = lock_path(name);
  make_lock_folder();
  descriptor_ = open_lock_file(path);
  if (descriptor_ < 0)
    throw Error(
        fmt::format("cannot open the lock {}: {}; set {} to a folder that every user of "
                    "this machine can write",
                    path, std::strerror(errno), kFolderVariable));
  struct flock lock = whole_file();
  if (fcntl(descriptor_, F_SETLK, &lock) == 0) return;
  const int failure = errno;
  const std::string who = holder_in_words(holder(descriptor_));
  close(descriptor_);
  if (failure != EACCES && failure != EAGAIN)
    throw Error(fmt::format("cannot lock {}: {}", path, std::strerror(failure)));
  throw Error(fmt::format(
      "device {} is being measured by another run {}: wait for it to end, or end it", name, who));
}

DeviceLock::~DeviceLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

DeviceLock::DeviceLock(DeviceLock&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

std::string lock_place() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat folder {};
  if (stat(lock_folder().c_str(), &folder) != 0) return boot;
  return fmt::format("{} {} {}", boot, folder.st_dev, folder.st_ino);
}

std::vector<std::string> lock_names(const std::vector<std::unique_ptr<Device>>& devices) {
  std::vector<std::string> names;
  for (const auto& device : devices)
    names.push_back(device->backend() == Backend::host ? kHostLock : device->facts().uuid);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace assay::run
