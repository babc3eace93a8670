// NCCL, loaded at run time: its functions, and the features that its version lacks.
#pragma once

#include <nccl.h>

#include <memory>
#include <optional>
#include <string>

#include "harness/measure/library.h"

namespace assay::nccl {

/// Features that versions after 2.18 added and that what is measured depends on.
enum class Feature {
  registered_buffers,  // ncclMemAlloc, ncclCommRegister
  fp8,                 // the two 8-bit float types
};

/// The functions. Those of the first block are always there; the others may be null.
struct Functions {
  decltype(&ncclGetVersion) get_version = nullptr;
  decltype(&ncclGetUniqueId) get_unique_id = nullptr;
  decltype(&ncclCommInitRankConfig) comm_init_rank_config = nullptr;
  decltype(&ncclCommFinalize) comm_finalize = nullptr;
  decltype(&ncclCommDestroy) comm_destroy = nullptr;
  decltype(&ncclCommAbort) comm_abort = nullptr;
  decltype(&ncclCommGetAsyncError) comm_get_async_error = nullptr;
  decltype(&ncclGetErrorString) get_error_string = nullptr;
  decltype(&ncclGetLastError) get_last_error = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclAllGather) all_gather = nullptr;
  decltype(&ncclReduceScatter) reduce_scatter = nullptr;
  decltype(&ncclBroadcast) broadcast = nullptr;
  decltype(&ncclReduce) reduce = nullptr;
  decltype(&ncclSend) send = nullptr;
  decltype(&ncclRecv) recv = nullptr;
  decltype(&ncclGroupStart) group_start = nullptr;
  decltype(&ncclGroupEnd) group_end = nullptr;

  decltype(&ncclMemAlloc) mem_alloc = nullptr;
  decltype(&ncclMemFree) mem_free = nullptr;
  decltype(&ncclCommRegister) comm_register = nullptr;
  decltype(&ncclCommDeregister) comm_deregister = nullptr;
  decltype(&ncclAlltoAll) all_to_all = nullptr;  // since 2.28; without it sends and receives
};

class Symbols {
 public:
  /// Throws Error (exit 3) that says which: no library, a version older than 2.18, or a missing
  /// function that 2.18 has.
  static std::shared_ptr<const Symbols> open();
  /// The same, but returns null and sets `reason`.
  static std::shared_ptr<const Symbols> find(std::string* reason = nullptr);

  const Functions& call() const { return functions_; }
  int version() const { return version_; }  // 22809
  std::string version_text() const;         // 2.28.9
  const std::string& path() const { return library_.path(); }

  /// Why this library does not have the feature; nothing when it has. The line names the missing
  /// function, the version that brought it and the version that is here.
  std::optional<std::string> lacks(Feature feature) const;

 private:
  explicit Symbols(Library library);
  Library library_;
  Functions functions_;
  int version_ = 0;
};

/// 21805 as 2.18.5.
std::string version_text(int version);

}  // namespace assay::nccl
