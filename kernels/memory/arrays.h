// The arrays of a memory group, shared by its implementations, and the check of what they wrote.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kernels/catalogue.h"
#include "kernels/guarded_output.h"
#include "kernels/memory/operation.h"
#include "kernels/memory_need.h"

namespace assay {

/// Partial sums that an implementation of memory_read may write, one word each.
inline constexpr int kMaxPartials = 4096;

/// Enqueues one pass over the arrays.
using Pass = std::function<void(const MemoryPointers&)>;

class MemoryArrays {
 public:
  MemoryArrays(Device& device, MemoryOperation operation, std::int64_t bytes, std::uint64_t seed);

  static std::shared_ptr<MemoryArrays> of(GroupContext& context, MemoryOperation operation);
  static MemoryNeed need(const Device& device, MemoryOperation operation, std::int64_t bytes);

  std::size_t count() const { return sets_.size(); }
  MemoryPointers set(std::size_t index);
  Work work() const;

  /// Every element, bit for bit. `partials`: how many sums an implementation of memory_read leaves.
  Verification verify(const Pass& pass, int partials);

 private:
  struct Set {
    std::unique_ptr<Buffer> b, c;
    std::unique_ptr<GuardedOutput> out;
  };
  void fill(Buffer& buffer, std::uint32_t operand);
  void copy(Buffer& to, Buffer& from);
  void normal(std::span<float> out, std::uint32_t operand, std::int64_t first);
  Verification check_sum(std::span<const std::uint32_t> partials, std::size_t used);
  Verification check_elements(std::span<const std::uint32_t> words);

  Device& device_;
  MemoryOperation operation_;
  std::int64_t elements_;
  std::uint64_t seed_;
  std::vector<Set> sets_;
};

}  // namespace assay
