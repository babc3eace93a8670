// Batches of runs between two waits for the device, by the steady clock.
#include "kernels/launch/quick_time.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "harness/core/statistics.h"

namespace assay {

double quick_time_s(Device& device, std::size_t sets,
                    const std::function<void(std::size_t set)>& run) {
  constexpr double kBatchS = 2e-3;
  std::size_t set = 0;
  const auto batch_s = [&](int runs) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < runs; ++i) {
      run(set);
      set = (set + 1) % sets;
    }
    device.synchronize();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / runs;
  };
  batch_s(1);
  const int runs =
      static_cast<int>(std::clamp(kBatchS / batch_s(1), 1.0, double{kMostRunsOfBatch}));
  std::vector<double> times;
  for (int i = 0; i < kQuickBatches; ++i) times.push_back(batch_s(runs));
  return median(times);
}

}  // namespace assay
