// The rules by which two accesses of one byte are in order, in conflict, or not yet known.
#include "kernels/emulator/shadow.h"

#include <algorithm>
#include <stdexcept>

namespace assay::emulator {

namespace {

/// An epoch of an earlier block that had the same slot is nobody's own.
bool is_own(Epoch epoch, const Accessor& accessor) {
  return slot_of(epoch) == slot_of(accessor.own_since) && epoch >= accessor.own_since;
}

bool in_order(Epoch epoch, const Accessor& accessor) {
  if (slot_of(epoch) == kHostSlot || is_own(epoch, accessor)) return true;
  const bool someone_elses_time = slot_of(epoch) == slot_of(accessor.own_since);
  return !someone_elses_time && accessor.known->plain(slot_of(epoch)) >= clock_of(epoch);
}

}  // namespace

Epoch ReaderSets::add(Epoch readers, const Accessor& reader) {
  if (readers == 0 || readers == reader.epoch) return reader.epoch;
  const std::pair<Epoch, Epoch> question{readers, reader.epoch};
  if (question == last_question_) return last_answer_;
  last_question_ = question;
  const std::uint64_t key = std::uint64_t{readers} << 32 | reader.epoch;
  const auto [found, is_new] = grown_.try_emplace(key);
  if (is_new) found->second = make(readers, reader);
  return last_answer_ = found->second;
}

Epoch ReaderSets::make(Epoch readers, const Accessor& reader) {
  std::vector<Epoch> members{readers};
  if (slot_of(readers) == kReaderSetSlot) members = sets_[clock_of(readers)];
  // Whoever is ordered after this reader is ordered after those that it knows.
  std::erase_if(members, [&](Epoch epoch) { return in_order(epoch, reader); });
  if (members.empty()) return reader.epoch;
  members.push_back(reader.epoch);
  if (sets_.size() == kMaxClock) throw std::length_error("the emulator ran out of reader sets");
  sets_.push_back(std::move(members));
  return make_epoch(kReaderSetSlot, static_cast<std::uint32_t>(sets_.size() - 1));
}

void ReaderSets::clear() {
  sets_.clear();
  grown_.clear();
  last_question_ = {};
}

void Shadow::reset(std::size_t bytes, bool initialised) {
  cells_.assign(bytes, Cell{initialised ? kHostEpoch : 0, 0});
}

void Shadow::settle() {
  for (Cell& cell : cells_) cell = {cell.write != 0 ? kHostEpoch : 0, 0};
}

Conflict Shadow::judge_write(Epoch epoch, const Accessor& accessor) const {
  const Slot slot = slot_of(epoch);
  if (slot == kInFlightSlot) return Conflict::kInFlight;
  if (slot == kBarrierSlot) return Conflict::kBarrier;
  if (!in_order(epoch, accessor)) return Conflict::kUnordered;
  if (accessor.asynchronous && slot != kHostSlot && !context_->slot_is_async[slot] &&
      accessor.known->fenced(slot) < clock_of(epoch)) {
    return Conflict::kUnfenced;
  }
  return Conflict::kNone;
}

Epoch Shadow::unordered_reader(Epoch readers, const Accessor& accessor) const {
  if (slot_of(readers) != kReaderSetSlot) {
    return readers == 0 || in_order(readers, accessor) ? 0 : readers;
  }
  for (const Epoch epoch : context_->readers.members(readers)) {
    if (!in_order(epoch, accessor)) return epoch;
  }
  return 0;
}

Verdict Shadow::read(std::size_t offset, std::size_t bytes, const Accessor& accessor) {
  Epoch allowed = 0;  // neighbours mostly have the same writer
  for (std::size_t i = offset; i < offset + bytes; ++i) {
    Cell& cell = cells_[i];
    if (cell.write != allowed) {
      if (const Conflict conflict = judge_write(cell.write, accessor);
          conflict != Conflict::kNone) {
        return {conflict, cell.write, true, i};
      }
      allowed = cell.write;
    }
    if (cell.write == 0) return {Conflict::kUninitialised, 0, true, i};
    if (cell.readers != accessor.epoch) {
      cell.readers = context_->readers.add(cell.readers, accessor);
    }
  }
  return {};
}

Verdict Shadow::write(std::size_t offset, std::size_t bytes, const Accessor& accessor) {
  Epoch allowed = 0;
  Epoch allowed_readers = 0;
  for (std::size_t i = offset; i < offset + bytes; ++i) {
    Cell& cell = cells_[i];
    if (cell.write != allowed) {
      if (const Conflict conflict = judge_write(cell.write, accessor);
          conflict != Conflict::kNone) {
        return {conflict, cell.write, true, i};
      }
      allowed = cell.write;
    }
    if (cell.readers != allowed_readers) {
      if (const Epoch reader = unordered_reader(cell.readers, accessor); reader != 0) {
        return {Conflict::kUnordered, reader, false, i};
      }
      allowed_readers = cell.readers;
    }
  }
  mark(offset, bytes, accessor.epoch);
  return {};
}

void Shadow::mark(std::size_t offset, std::size_t bytes, Epoch epoch) {
  std::fill_n(cells_.begin() + static_cast<std::ptrdiff_t>(offset), bytes, Cell{epoch, 0});
}

}  // namespace assay::emulator
