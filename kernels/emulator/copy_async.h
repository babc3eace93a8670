// cp.async: a thread's small copies, under way until that thread waits for their group.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/emulator/site.h"
#include "kernels/emulator/threads.h"

namespace assay::emulator {

/// A thread's copies. Their bytes count as in flight, for everybody, until the wait.
struct CopyGroups {
  struct Copy {
    void* shared;
    std::uint32_t bytes;
    bool landed;
  };
  std::vector<std::vector<Copy>> groups{1};  ///< The last one is open.
  std::size_t awaited = 0;                   ///< Groups before it are done with.
  WaitQueue progress;
};

void copy_async(void* shared, const void* global, std::uint32_t bytes, std::uint32_t valid_bytes,
                const Site& site);
void copy_async_commit(const Site& site);
void copy_async_wait(std::uint32_t pending, const Site& site);

}  // namespace assay::emulator
