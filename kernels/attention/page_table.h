// Where the keys and values of a sequence lie in a paged cache.
//
// A cache is pages x key heads x page x width: the rows of one head in one page lie together, so
// that a page of 16 keys is still one stretch of 4 KiB (width 128, 16 bits), and one box of TMA.
// A sequence's table names its pages in the order of its keys.
#pragma once

#include <cstdint>

#include "kernels/attention/mask.h"

namespace assay::attention {

struct CacheLayout {
  int page = 0;   ///< Keys in a page.
  int heads = 0;  ///< Key heads.
  int width = 0;  ///< Elements of one key (or value).

  constexpr std::int64_t page_elements() const {
    return static_cast<std::int64_t>(page) * heads * width;
  }
  /// The first element of a row.
  constexpr std::int64_t row(std::int64_t page_number, int head, int slot) const {
    return page_number * page_elements() + (static_cast<std::int64_t>(head) * page + slot) * width;
  }
};

constexpr int pages_for(int keys, int page) { return (keys + page - 1) / page; }

/// Keys of a sequence that lie next to each other.
struct PageRun {
  int page_number = 0;
  int slot = 0;  ///< Of the first key, in its page.
  Range keys;    ///< Of the sequence.
};

/// Walks the pages that hold a range of a sequence's keys.
class PageWalk {
 public:
  constexpr PageWalk(const std::int32_t* table, int page, Range keys)
      : table_(table), page_(page), keys_(keys) {}

  /// The next run, or false behind the last.
  constexpr bool next(PageRun& run) {
    if (keys_.empty()) return false;
    const int slot = keys_.first % page_;
    const int left_in_page = page_ - slot;
    const int last = keys_.size() < left_in_page ? keys_.last : keys_.first + left_in_page;
    run = {table_[keys_.first / page_], slot, {keys_.first, last}};
    keys_.first = last;
    return true;
  }

 private:
  const std::int32_t* table_;
  int page_;
  Range keys_;
};

}  // namespace assay::attention
