// For every byte of memory: who wrote it last and who has read it since.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernels/emulator/known.h"

namespace assay::emulator {

/// Who accesses memory, as far as its order goes.
struct Accessor {
  const Known* known = nullptr;
  Epoch epoch = 0;            ///< Under which this access is remembered.
  bool asynchronous = false;  ///< Through the asynchronous proxy.
  Epoch own_since = 0;        ///< Own slot's first epoch; earlier ones are another block's.
};

enum class Conflict { kNone, kUninitialised, kUnordered, kInFlight, kUnfenced, kBarrier };

struct Verdict {
  Conflict conflict = Conflict::kNone;
  Epoch other = 0;
  bool other_wrote = false;
  std::size_t offset = 0;  ///< The first byte in conflict.
};

/// Sets of readers, shared between the many bytes that have the same.
class ReaderSets {
 public:
  /// `readers` (nobody, one epoch, or a set's number in kReaderSetSlot) with one more reader.
  Epoch add(Epoch readers, const Accessor& reader);
  const std::vector<Epoch>& members(Epoch set) const { return sets_[clock_of(set)]; }
  void clear();

 private:
  Epoch make(Epoch readers, const Accessor& reader);
  std::vector<std::vector<Epoch>> sets_;
  std::unordered_map<std::uint64_t, Epoch> grown_;
  std::pair<Epoch, Epoch> last_question_{};
  Epoch last_answer_ = 0;
};

/// What the shadows of one launch share.
struct ShadowContext {
  ReaderSets readers;
  std::vector<bool> slot_is_async;  ///< Of each slot: does it write through the asynchronous proxy?
};

class Shadow {
 public:
  explicit Shadow(ShadowContext* context) : context_(context) {}

  /// Everything uninitialised, or everything written by the host.
  void reset(std::size_t bytes, bool initialised);
  std::size_t size() const { return cells_.size(); }
  /// What was written is the host's from now on: between two launches.
  void settle();

  Verdict read(std::size_t offset, std::size_t bytes, const Accessor& accessor);
  Verdict write(std::size_t offset, std::size_t bytes, const Accessor& accessor);
  /// Marks bytes without asking: in flight, landed, a barrier's.
  void mark(std::size_t offset, std::size_t bytes, Epoch epoch);
  void forget(std::size_t offset, std::size_t bytes) { mark(offset, bytes, 0); }
  Epoch writer(std::size_t offset) const { return cells_[offset].write; }

 private:
  struct Cell {
    Epoch write = 0;
    Epoch readers = 0;
  };
  Conflict judge_write(Epoch epoch, const Accessor& accessor) const;
  Epoch unordered_reader(Epoch readers, const Accessor& accessor) const;

  ShadowContext* context_;
  std::vector<Cell> cells_;
};

}  // namespace assay::emulator
