// mbarrier: emulated.
#pragma once

#include <cstdint>
#include <source_location>

#include "kernels/emulator/mbarrier.h"

namespace assay::device {

inline void mbarrier_init(std::uint64_t* barrier, std::uint32_t arrivals,
                          std::source_location at = std::source_location::current()) {
  emulator::mbarrier_init(barrier, arrivals, {"mbarrier.init", at});
}

inline void mbarrier_invalidate(std::uint64_t* barrier,
                                std::source_location at = std::source_location::current()) {
  emulator::mbarrier_invalidate(barrier, {"mbarrier.inval", at});
}

inline void mbarrier_arrive(std::uint64_t* barrier,
                            std::source_location at = std::source_location::current()) {
  emulator::mbarrier_arrive(barrier, {"mbarrier.arrive", at});
}

inline void mbarrier_arrive_expect_tx(std::uint64_t* barrier, std::uint32_t bytes,
                                      std::source_location at = std::source_location::current()) {
  emulator::mbarrier_arrive_expect_tx(barrier, bytes, {"mbarrier.arrive.expect_tx", at});
}

inline void mbarrier_expect_tx(std::uint64_t* barrier, std::uint32_t bytes,
                               std::source_location at = std::source_location::current()) {
  emulator::mbarrier_expect_tx(barrier, bytes, {"mbarrier.expect_tx", at});
}

inline void mbarrier_arrive_remote(std::uint64_t* barrier, std::uint32_t rank,
                                   std::source_location at = std::source_location::current()) {
  emulator::mbarrier_arrive_remote(barrier, rank, {"mbarrier.arrive.shared::cluster", at});
}

inline bool mbarrier_try_wait_parity(std::uint64_t* barrier, std::uint32_t parity,
                                     std::source_location at = std::source_location::current()) {
  return emulator::mbarrier_try_wait_parity(barrier, parity, {"mbarrier.try_wait.parity", at});
}

inline void mbarrier_wait_parity(std::uint64_t* barrier, std::uint32_t parity,
                                 std::source_location at = std::source_location::current()) {
  emulator::mbarrier_wait_parity(barrier, parity, {"mbarrier.try_wait.parity", at});
}

}  // namespace assay::device
