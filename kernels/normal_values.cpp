// Each thread makes its own part: an element depends on its index alone.
#include "kernels/normal_values.h"

#include <span>

#include "harness/core/dtype.h"
#include "kernels/inputs.h"
#include "kernels/thread_pool.h"

namespace assay {

std::vector<float> normal_values(const Device& device, InputArray array, std::size_t count,
                                 Dtype rounding) {
  std::vector<float> values(count);
  ThreadPool& threads = host_threads(device);
  threads.run([&](int thread) {
    const Part part = part_of(static_cast<std::int64_t>(count), thread, threads.size(), 4);
    const auto first = static_cast<std::size_t>(part.first);
    const std::span<float> mine(values.data() + first,
                                static_cast<std::size_t>(part.last - part.first));
    fill_normal(mine, array, first);
    for (float& value : mine) value = rounded_input(rounding, value);
  });
  return values;
}

}  // namespace assay
