// Allocates stretches of huge pages and deals small buffers out of them.
#include "harness/measure/host_buffers.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/measure/sanitized.h"
#include "harness/measure/threads.h"

namespace assay {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kStretch = 8 * kHugePage;
// A sanitizer sees a write past a buffer only where each is an allocation of its own.
constexpr std::size_t kLargestDealt = kSanitized ? 0 : 2 * kHugePage;

std::size_t rounded_up(std::size_t bytes, std::size_t unit) {
  return (std::max<std::size_t>(bytes, 1) + unit - 1) / unit * unit;
}

/// No page is to be touched for the first time in a sample.
void touch(std::byte* data, std::size_t bytes) {
  auto* const first = static_cast<volatile std::byte*>(data);
  for (std::size_t at = 0; at < bytes; at += kPage) first[at] = std::byte{0};
}

/// The kernel clears a page at its first touch, which takes longer than filling it where the host
/// of a virtual machine has to find memory for it too.
void touch_on_threads(std::byte* data, std::size_t bytes, std::size_t threads) {
  const std::size_t pages = bytes / kHugePage;
  const std::size_t used = std::min(threads, pages);
  if (used <= 1) return touch(data, bytes);
  const auto edge = [&](std::size_t part) {
    return part == used ? bytes : pages * part / used * kHugePage;
  };
  try {
    run_on_threads(static_cast<int>(used), "the first touch of memory", [&](int thread) {
      const auto part = static_cast<std::size_t>(thread);
      touch(data + edge(part), edge(part + 1) - edge(part));
    });
  } catch (const Error&) {  // without threads it takes longer
    touch(data, bytes);
  }
}

}  // namespace

/// One allocation.
class HostBuffers::Stretch {
 public:
  Stretch(std::size_t bytes, std::size_t threads) {
    const bool is_huge = bytes >= kHugePage;
    const std::size_t unit = is_huge ? kHugePage : kPage;
    data_ = std::aligned_alloc(unit, rounded_up(bytes, unit));
    if (!data_) {
      throw Error(fmt::format(
          "allocating {} bytes of host memory failed: choose smaller shapes or free memory",
          bytes));
    }
    // The kernel makes huge pages where a whole one is asked for: the tail takes what it needs.
    // Refusal costs time and nothing else.
    if (is_huge) madvise(data_, bytes, MADV_HUGEPAGE);
    touch_on_threads(data(), bytes, threads);
  }
  ~Stretch() { std::free(data_); }
  Stretch(const Stretch&) = delete;
  Stretch& operator=(const Stretch&) = delete;

  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  void* data_ = nullptr;
};

/// Stretches that no buffer uses any more. Buffers give them back in whatever thread they go, also
/// while another buffer is dealt.
class HostBuffers::Kept {
 public:
  void keep(std::unique_ptr<Stretch> stretch) {
    const std::lock_guard lock(mutex_);
    stretches_.push_back(std::move(stretch));
  }
  /// Null if there is none.
  std::unique_ptr<Stretch> take() {
    const std::lock_guard lock(mutex_);
    if (stretches_.empty()) return nullptr;
    std::unique_ptr<Stretch> last = std::move(stretches_.back());
    stretches_.pop_back();
    return last;
  }
  void free_all() {
    const std::lock_guard lock(mutex_);
    stretches_.clear();
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return stretches_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Stretch>> stretches_;
};

HostBuffers::HostBuffers(std::size_t threads)
    : threads_(threads), kept_(std::make_shared<Kept>()) {}

std::unique_ptr<Buffer> HostBuffers::allocate(std::size_t bytes) {
  class Dealt : public Buffer {
   public:
    Dealt(std::shared_ptr<Stretch> stretch, std::size_t begin, std::size_t bytes)
        : stretch_(std::move(stretch)), data_(stretch_->data() + begin), size_bytes_(bytes) {}

    void* data() override { return data_; }
    std::size_t size_bytes() const override { return size_bytes_; }

   private:
    std::shared_ptr<Stretch> stretch_;
    std::byte* data_;
    std::size_t size_bytes_;
  };
  if (bytes > kLargestDealt) {
    kept_->free_all();
    return std::make_unique<Dealt>(std::make_shared<Stretch>(bytes, threads_), 0, bytes);
  }
  const std::lock_guard lock(dealing_);
  if (!open_ || next_ + bytes > kStretch) {
    open_ = open_stretch();
    next_ = 0;
  }
  auto buffer = std::make_unique<Dealt>(open_, next_, bytes);
  next_ += rounded_up(bytes, kPage);
  return buffer;
}

std::size_t HostBuffers::kept_bytes() const { return kept_->count() * kStretch; }

std::shared_ptr<HostBuffers::Stretch> HostBuffers::open_stretch() {
  std::unique_ptr<Stretch> stretch = kept_->take();
  if (!stretch) stretch = std::make_unique<Stretch>(kStretch, threads_);
  // Buffers may outlive the object that dealt them.
  const auto keep = [kept = std::weak_ptr<Kept>(kept_)](Stretch* unused) {
    std::unique_ptr<Stretch> owner(unused);
    if (const auto to = kept.lock()) to->keep(std::move(owner));
  };
  return {stretch.release(), keep};
}

}  // namespace assay
