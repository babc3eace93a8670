// Lanes meet, exchange values and go on; no memory is ordered by it.
#include "kernels/emulator/lanes.h"

#include <fmt/format.h>

#include <bit>

#include "kernels/emulator/barriers.h"
#include "kernels/emulator/machine.h"

namespace assay::emulator {

namespace {

std::uint32_t source_lane(Shuffle kind, std::uint32_t lane, std::uint32_t operand) {
  switch (kind) {
    case Shuffle::kIndex:
      return operand % 32;
    case Shuffle::kXor:
      return lane ^ (operand % 32);
    case Shuffle::kUp:
      return operand > lane ? lane : lane - operand;
    case Shuffle::kDown:
      break;
  }
  return lane + operand > 31 ? lane : lane + operand;
}

}  // namespace

std::uint32_t shuffle(Shuffle kind, std::uint32_t value, std::uint32_t operand, std::uint32_t mask,
                      const Site& site) {
  Thread& thread = Machine::self();
  pass(site);
  const std::uint32_t source = source_lane(kind, thread.lane, operand);
  const auto values = meet(mask, value, false, site);
  if ((mask >> source & 1) == 0) {
    Machine::current().fail(
        Fault::kDivergence, &thread, site,
        fmt::format("reads lane {}, which is not in the mask {:#010x}", source, mask));
  }
  return static_cast<std::uint32_t>(values[source]);
}

std::uint32_t ballot(bool predicate, std::uint32_t mask, const Site& site) {
  pass(site);
  const auto values = meet(mask, predicate ? 1 : 0, false, site);
  std::uint32_t bits = 0;
  for (std::uint32_t lane = 0; lane < 32; ++lane) {
    if ((mask >> lane & 1) != 0 && values[lane] != 0) bits |= 1u << lane;
  }
  return bits;
}

bool elect(std::uint32_t mask, const Site& site) {
  Thread& thread = Machine::self();
  pass(site);
  meet(mask, 0, false, site);
  const bool elected_is_in = (mask >> thread.warp->elected & 1) != 0;
  return thread.lane == (elected_is_in ? thread.warp->elected
                                       : static_cast<std::uint32_t>(std::countr_zero(mask)));
}

}  // namespace assay::emulator
