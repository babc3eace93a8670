// Fills, copies and compares: every copy carries words that no other does.
#include "collectives/copies/copy_set.h"

#include <fmt/format.h>

#include <utility>

namespace assay {

namespace {

constexpr std::size_t kGuardWords = 1024;
constexpr std::uint32_t kUntouchedWord = 0xFFFFFFFF;

}  // namespace

CopySet::CopySet(std::shared_ptr<CopyFabric> fabric, PlannedCopies copies, std::size_t bytes,
                 double link_bytes_per_s, std::uint64_t seed)
    : fabric_(std::move(fabric)),
      copies_(std::move(copies)),
      bytes_(bytes),
      link_bytes_per_s_(link_bytes_per_s),
      seed_(seed) {
  for (std::size_t index = 0; index < copies_.size(); ++index) {
    Ends ends{fabric_->allocate(copies_[index].from, bytes_),
              fabric_->allocate(copies_[index].to, bytes_ + kGuardWords * 4)};
    const std::vector<std::uint32_t> words = pattern(index);
    fabric_->put(copies_[index].from, *ends.from, words.data(), bytes_);
    ends_.push_back(std::move(ends));
  }
}

/// Words like random ones (no link compresses, but none is given the chance), never all ones.
std::vector<std::uint32_t> CopySet::pattern(std::size_t index) const {
  std::vector<std::uint32_t> words(bytes_ / 4);
  // Neighbouring seeds of xorshift begin alike: copies are spread over all bits.
  std::uint64_t state = (seed_ + 1) * 0x9E3779B97F4A7C15ULL ^ (index + 1) * 0xBF58476D1CE4E5B9ULL;
  for (std::uint32_t& word : words) {
    state ^= state << 13;  // xorshift64
    state ^= state >> 7;
    state ^= state << 17;
    word = static_cast<std::uint32_t>(state >> 33);
  }
  return words;
}

Verification CopySet::verify() {
  const std::vector<std::uint32_t> untouched(bytes_ / 4 + kGuardWords, kUntouchedWord);
  for (std::size_t index = 0; index < copies_.size(); ++index) {
    fabric_->put(copies_[index].to, *ends_[index].to, untouched.data(), untouched.size() * 4);
  }
  enqueue(0);
  fabric_->finish();
  Verification verification;
  for (std::size_t index = 0; index < copies_.size(); ++index) {
    std::vector<std::uint32_t> expected = pattern(index), got(untouched.size());
    expected.resize(got.size(), kUntouchedWord);
    fabric_->get(copies_[index].to, got.data(), *ends_[index].to, got.size() * 4);
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (got[i] == expected[i]) continue;
      verification.detail =
          fmt::format("from device {} to device {}: word {} of {} is {:#x}, expected {:#x}",
                      copies_[index].from, copies_[index].to, i, bytes_ / 4, got[i], expected[i]);
      return verification;
    }
  }
  verification.status = Verification::Status::exact;
  return verification;
}

void CopySet::enqueue(std::size_t) {
  fabric_->fork();
  for (std::size_t index = 0; index < copies_.size(); ++index) {
    fabric_->enqueue(index, copies_[index], ends_[index].to->data(), ends_[index].from->data(),
                     bytes_);
  }
  fabric_->join();
}

Work CopySet::work() const {
  return {0, static_cast<double>(bytes_) * static_cast<double>(copies_.size()), link_bytes_per_s_};
}

}  // namespace assay
