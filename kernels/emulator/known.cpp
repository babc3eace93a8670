// How shared clocks are joined, raised and gathered: each combination once.
#include "kernels/emulator/known.h"

namespace assay::emulator {

namespace {

SharedClock join(const SharedClock& a, const SharedClock& b) {
  if (a == b) return a;
  auto both = std::make_shared<Clock>(*a);
  both->join(*b);
  return both;
}

SharedClock raised(const SharedClock& clock, Slot slot, std::uint32_t time) {
  auto copy = std::make_shared<Clock>(*clock);
  copy->raise(slot, time);
  return copy;
}

}  // namespace

SharedKnowledge Published::joined_to(const SharedKnowledge& before) {
  if (what_.plain == nullptr) return before;
  for (const auto& [known, result] : learned_) {
    if (known == before) return result;
  }
  SharedKnowledge result{join(before.plain, what_.plain), join(before.fenced, what_.fenced)};
  learned_.emplace_back(before, result);
  return result;
}

SharedClock Raised::raise(const SharedClock& before, Slot slot, std::uint32_t time) {
  if (time != time_) raised_.clear();
  time_ = time;
  for (const auto& [known, result] : raised_) {
    if (known == before) return result;
  }
  return raised_.emplace_back(before, raised(before, slot, time)).second;
}

Known::Known(Knowledge all)
    : shared_{std::make_shared<Clock>(std::move(all.plain)),
              std::make_shared<Clock>(std::move(all.fenced))} {}

void Known::raise(Slot slot, std::uint32_t time) {
  if (plain(slot) < time) shared_.plain = raised(shared_.plain, slot, time);
}

void Known::raise(Slot slot, std::uint32_t time, Raised& others) {
  if (plain(slot) < time) shared_.plain = others.raise(shared_.plain, slot, time);
}

void Known::fence() {
  shared_.fenced = shared_.plain;
  fenced_time_ = time_;
}

void Known::learn(const Knowledge& what) {
  auto plain = std::make_shared<Clock>(*shared_.plain);
  auto fenced = std::make_shared<Clock>(*shared_.fenced);
  plain->join(what.plain);
  fenced->join(what.fenced);
  shared_ = {std::move(plain), std::move(fenced)};
}

void Known::join_to(Knowledge& other) const {
  other.plain.join(*shared_.plain);
  other.plain.raise(own_, time_);
  other.fenced.join(*shared_.fenced);
  other.fenced.raise(own_, fenced_time_);
}

void Gathered::join(const Known& known) {
  plain_.join(known.shared_.plain);
  plain_.raise(known.own_, known.time_);
  fenced_.join(known.shared_.fenced);
  fenced_.raise(known.own_, known.fenced_time_);
}

void Gathered::Sum::join(const SharedClock& part) {
  if (std::find(parts_.begin(), parts_.end(), part) != parts_.end()) return;
  if (sum_ == nullptr) {
    sum_ = std::make_shared<Clock>(*part);
  } else {
    sum_->join(*part);
  }
  parts_.push_back(part);
}

SharedClock Gathered::Sum::take() {
  parts_.clear();
  return std::exchange(sum_, nullptr);
}

}  // namespace assay::emulator
