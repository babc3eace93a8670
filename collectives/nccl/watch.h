// Configures NCCL's report in this process, and derives the transport of an operation from it.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collectives/nccl/graph_report.h"
#include "collectives/nccl/profiler.h"

namespace assay::nccl {

/// An operation as it was passed to NCCL: the key by which NCCL's choice for it is found.
struct OperationKey {
  std::string function;  // `AllReduce`
  std::string datatype;  // `ncclFloat32`
  std::size_t count = 0;
  auto operator<=>(const OperationKey&) const = default;
};

/// The operation's transport, as far as NCCL reported it.
struct ObservedTransport {
  std::string algorithm, protocol;  // `ring`, `ll128`; empty: not reported
  std::string kind = "unknown";     // see transport_seen.h
  int channels = 0;
  std::vector<std::string> nics;
  std::string degraded;               // NCCL's words where its search for paths fell back
  std::vector<std::string> warnings;  // NCCL's own, and why `kind` is unknown
};

/// Make one per process, before threads are started and before the first call of NCCL, which reads
/// the environment only once.
class Watch {
 public:
  /// NCCL writes its report to the file `report`, which is kept as evidence. The user's own
  /// settings for NCCL's log are replaced.
  explicit Watch(const std::filesystem::path& report);

  /// Sets algorithm and protocol of communicators made from now on, in the syntax of NCCL_ALGO and
  /// NCCL_PROTO (`ring`, `tree`, `nvls`; `simple`); empty: NCCL's choice. Call it before the ranks'
  /// threads run.
  static void force(const std::string& algorithm, const std::string& protocol);

  /// Every local rank calls this before it makes the communicator of `id`.
  void begins(const std::string& id);
  /// The transport of `rank`'s operation in that communicator.
  ObservedTransport observed(const std::string& id, int rank, const OperationKey& asked);

 private:
  Report report_of(const std::string& id) const;
  void take_choices();

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::uintmax_t>> begun_;  // ids and where their text begins
  std::map<std::pair<int, OperationKey>, profiler::Choice> choices_;
};

/// Asks NCCL for its choices during the object's lifetime. Several objects may exist at once.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
};

}  // namespace assay::nccl
