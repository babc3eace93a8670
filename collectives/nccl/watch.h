// What this process tells NCCL to write, and what it then says of an operation that was run.
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

/// An operation as it was handed to NCCL: how its choice is found among those that NCCL told of.
struct Asked {
  std::string function;  // `AllReduce`
  std::string datatype;  // `ncclFloat32`
  std::size_t count = 0;
  auto operator<=>(const Asked&) const = default;
};

/// What carried it, as far as NCCL observed.
struct ObservedTransport {
  std::string algorithm, protocol;  // `ring`, `ll128`; empty where NCCL told nothing
  std::string kind = "unknown";     // see transport_seen.h
  std::string why;                  // it is unknown
  int channels = 0;
  std::vector<std::string> nics;
};

/// One for the process. Make it before threads are started and before NCCL is first called: NCCL
/// reads the environment once.
class Watch {
 public:
  /// NCCL's report goes to the file `report`, where it stays as evidence; what the user set for
  /// NCCL's own log is replaced.
  explicit Watch(const std::filesystem::path& report);

  /// The algorithm and protocol of communicators made from now on, as NCCL_ALGO and NCCL_PROTO
  /// take them (`ring`, `tree`, `nvls`; `simple`); empty: NCCL's choice. Before ranks' threads run.
  static void force(const std::string& algorithm, const std::string& protocol);

  /// A rank of this process is about to make the communicator of `id`; every local rank says so.
  void begins(const std::string& id);
  /// What NCCL told of `rank`'s operation in that communicator.
  ObservedTransport observed(const std::string& id, int rank, const Asked& asked);

  const std::filesystem::path& report_path() const { return path_; }

 private:
  std::string text_of(const std::string& id) const;
  void take_choices();

  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::uintmax_t>> begun_;  // ids and where their text begins
  std::map<std::pair<int, Asked>, profiler::Choice> choices_;
};

/// Asks NCCL for its choices while it lives; there may be several at once.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
};

}  // namespace assay::nccl
