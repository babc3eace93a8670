// The catalogue's searches for corrupted results as the emulator runs them.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::emulator {

/// One bit of C that flips, once so many launches have gone well.
struct Flip {
  int after_runs;
  std::int64_t element;
};

/// From now on; nothing: no bit flips.
void plant(const std::optional<Flip>& flip);

}  // namespace assay::emulator
