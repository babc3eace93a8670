// What the lanes of a warp tell each other, emulated: shuffles, votes, the election of one lane.
#pragma once

#include <bit>
#include <cstdint>
#include <source_location>

#include "kernels/emulator/lanes.h"

namespace assay::device {

template <typename T>
T shuffle(T value, int lane, unsigned mask = 0xffffffffu,
          std::source_location where = std::source_location::current()) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return std::bit_cast<T>(
      emulator::shuffle(emulator::Shuffle::kIndex, std::bit_cast<std::uint32_t>(value),
                        static_cast<std::uint32_t>(lane), mask, {"shfl.sync.idx", where}));
}

template <typename T>
T shuffle_xor(T value, int lane_mask, unsigned mask = 0xffffffffu,
              std::source_location where = std::source_location::current()) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return std::bit_cast<T>(
      emulator::shuffle(emulator::Shuffle::kXor, std::bit_cast<std::uint32_t>(value),
                        static_cast<std::uint32_t>(lane_mask), mask, {"shfl.sync.bfly", where}));
}

template <typename T>
T shuffle_up(T value, unsigned delta, unsigned mask = 0xffffffffu,
             std::source_location where = std::source_location::current()) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return std::bit_cast<T>(emulator::shuffle(emulator::Shuffle::kUp,
                                            std::bit_cast<std::uint32_t>(value), delta, mask,
                                            {"shfl.sync.up", where}));
}

template <typename T>
T shuffle_down(T value, unsigned delta, unsigned mask = 0xffffffffu,
               std::source_location where = std::source_location::current()) {
  static_assert(sizeof(T) == 4, "a shuffle moves 32 bits");
  return std::bit_cast<T>(emulator::shuffle(emulator::Shuffle::kDown,
                                            std::bit_cast<std::uint32_t>(value), delta, mask,
                                            {"shfl.sync.down", where}));
}

inline bool vote_any(bool predicate, unsigned mask = 0xffffffffu,
                     std::source_location where = std::source_location::current()) {
  return emulator::ballot(predicate, mask, {"vote.sync.any", where}) != 0;
}

inline bool vote_all(bool predicate, unsigned mask = 0xffffffffu,
                     std::source_location where = std::source_location::current()) {
  return emulator::ballot(!predicate, mask, {"vote.sync.all", where}) == 0;
}

inline unsigned vote_ballot(bool predicate, unsigned mask = 0xffffffffu,
                            std::source_location where = std::source_location::current()) {
  return emulator::ballot(predicate, mask, {"vote.sync.ballot", where});
}

inline bool elect_one(unsigned mask = 0xffffffffu,
                      std::source_location where = std::source_location::current()) {
  return emulator::elect(mask, {"elect.sync", where});
}

}  // namespace assay::device
