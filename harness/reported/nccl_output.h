// What nccl-tests printed, as text or as JSON, before it is a document.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/workload.h"
#include "harness/reported/source.h"

namespace assay::reported {

struct NcclRank {
  std::string node, device_name, bus;
  int device = 0;
};

/// One side of a row: out of place, or in place.
struct NcclTime {
  double time_s = 0;
  double time_step_s = 0;   // of the last digit printed; 0: nothing is rounded
  bool is_of_host = false;  // the time is the host's, of its calls; the rates are of the collective
  double algorithm_bytes_per_s = 0, bus_bytes_per_s = 0;  // as printed, so rounded
  std::optional<std::string> wrong;  // what a check found; empty: nothing; absent: not checked
};

struct NcclRow {
  std::string place;  // `line 12`, `/results/3`
  std::size_t line = 0;
  std::int64_t bytes = 0;
  std::string type, redop;
  std::string root;  // `-1` for none; empty: not said
  std::optional<NcclTime> out_of_place, in_place;
};

/// The rows of one program.
struct NcclTable {
  std::string program;        // all_reduce; empty: the output does not say it
  std::string program_place;  // where it says it
  std::map<int, NcclRank> ranks;
  std::optional<int> rank_count;  // where it is said and the ranks are not
  int ranks_per_process = 1;      // of which all or none are listed
  bool is_graph = false;
  /// How the calls were made, of which the times are: `_aggregated4`, `_blocking`; empty: as usual.
  std::string manner;
  bool has_end = false;
  int found_wrong = 0;  // answers, by its own count at the end
  std::vector<NcclRow> rows;
};

struct NcclOutput {
  std::string version, nccl_version, started;
  bool is_rccl = false;  // of rccl-tests
  std::vector<std::string> command;
  std::vector<NcclTable> tables;
};

/// Throws Error for a row that is damaged.
NcclOutput nccl_text(const Source& source);
NcclOutput nccl_json(const Source& source, const Json& json);

/// What rccl-tests writes with -Z; nothing for another file.
std::optional<NcclOutput> rccl_records(const Source& source);

/// `17 wrong elements`; empty: none.
std::string wrong_elements(double number);
/// What stands for `-m`, `-u` and `-z` in a table's `manner`.
std::string nccl_manner(double aggregated, double unaligned, bool is_blocking);
/// `2.28.9` from 22809; empty for anything else.
std::string nccl_version_from(const std::string& code);
/// The collective of a program's name, as in `/opt/all_reduce_perf_mpi`; empty when it has none.
std::string nccl_program_in(const std::string& text);
/// Assay's collective of a name in which nccl-tests (`alltoall`), rccl-tests (`AlltoAll`) or Assay
/// (`all_to_all`) writes the same letters; null where it has no case for it.
const CollectiveFacts* collective_called(std::string_view name);

}  // namespace assay::reported
