// The result document as C++: what one run measured and where; never a judgement.
//
// Field names and units are those of results-schema/result.schema.json. An absent optional is an
// absent field: what does not apply is left out, never zero.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/shape.h"
#include "harness/core/words.h"

namespace assay {

using Json = nlohmann::ordered_json;

enum class RunStatus { running, complete, interrupted, error };
enum class Series { cold, hot, graph };
/// `reported`: a figure of another tool, in an imported document; Assay verified nothing of it.
enum class MeasurementStatus { measured, failed_verification, not_applicable, error, reported };

/// What the hardware's own figures allow. Absent: not known (never a guess).
struct SpeedOfLight {
  std::map<std::string, double> flop_per_s;           // by dtype, at `clock_hz`
  std::map<std::string, double> flop_per_s_measured;  // by dtype, at the clock seen under load
  std::optional<double> clock_hz;
  std::optional<double> clock_measured_hz;
  std::string clock_source;  // published_boost | maximum | cpuinfo
  std::optional<double> memory_bytes_per_s;
  std::optional<double> pcie_bytes_per_s;
  std::optional<double> nvlink_bytes_per_s;
  std::string source;  // where the per-clock table and the memory figure come from
};

struct PcieLink {
  std::optional<int> generation, generation_max, width, width_max;
  std::optional<std::int64_t> replays;
  std::optional<bool> under_load;  // an idle GPU's link rests at a lower generation
};

struct NvlinkState {
  std::optional<int> count, active;
  std::optional<std::int64_t> errors, replays;  // absent where the generation does not count them
  std::optional<bool> to_switch;                // some link ends at an NVSwitch
  std::optional<std::string>
      fabric_state;  // not_started | in_progress | completed | degraded | failed
};

struct EccState {
  std::optional<bool> enabled, remap_pending, remap_failed;
  std::optional<std::int64_t> remapped_rows, uncorrected_volatile, corrected_volatile;
};

struct OtherProcess {
  std::int64_t pid = 0;
  std::string name;
};

struct DeviceFacts {
  int index = 0;
  std::string name;
  std::string uuid;
  std::optional<std::string> serial, board_part_number, vbios, pci_bus_id, pci_id, sku;
  std::optional<std::string> compute_capability, compute_mode, mig;
  std::optional<EccState> ecc;
  std::optional<double> power_limit_w, power_limit_default_w, clock_max_hz, clock_limit_hz;
  std::optional<std::int64_t> memory_bytes, l2_bytes;
  std::optional<int> multiprocessors;  // host: logical cores that this process may use
  std::optional<PcieLink> pcie;
  std::optional<NvlinkState> nvlink;
  std::optional<int> nvlink_count;
  std::vector<OtherProcess> other_processes;
  std::vector<std::int64_t> xids;  // new ones since the run began
  SpeedOfLight speed_of_light;
};

struct KubernetesFacts {
  std::string kube_namespace, pod, image_digest, claim;
  std::vector<std::string> allocated;
};

struct NodeFacts {
  std::string name;
  std::map<std::string, std::string> labels;
  std::optional<KubernetesFacts> kubernetes;
  Json nics = Json::array();
  Json topology = Json::object();
  std::vector<DeviceFacts> devices;
};

struct Verification {
  enum class Status { exact, within_tolerance, failed };
  Status status = Status::failed;
  std::optional<double> error, tolerance;
  std::optional<std::string> checksum;  // hex
  std::string detail;                   // first wrong element, for a failure; not in the document
  bool ok() const { return status != Status::failed; }
};

struct Samples {
  std::int64_t count = 0;
  std::int64_t discarded = 0;
  std::map<std::string, std::int64_t> discard_reasons;
  double median_s = 0, p5_s = 0;
  std::optional<double> p95_s, p99_s;
  double ci_low_s = 0, ci_high_s = 0, ci_level = 0;
  std::string stop_reason;       // stable | noise_stable | max_time | interrupted
  std::vector<double> values_s;  // at most 256, thinned evenly in time
  std::vector<int> pass;         // of each of values_s, from 0; empty: all of one pass
  /// Of all samples of each pass that count, by the number in `pass`; empty: all of one pass.
  std::vector<double> pass_medians_s;
};

struct Scope {
  std::string level;  // device | nvlink_domain | pcie_root | numa_node | node | rack | cluster
  std::vector<std::string> members;
};

struct RankSamples {
  int rank = 0;
  double median_s = 0;
  std::optional<double> p99_s;
};

/// One member of a scope whose members used different transports.
struct MemberTransport {
  std::string name, kind;
};

struct Transport {
  std::string algorithm, protocol, kind;
  std::optional<int> channels;
  std::vector<std::string> nics;
  std::vector<MemberTransport> members;  // every member, where their kinds differ
  std::string degraded;                  // the library's words where its search for paths fell back
  std::vector<std::string> warnings;     // the library's own, and why `kind` is unknown
};

/// The place of an exchange in the rounds of pairs, for a verdict that replays them.
struct PairFacts {
  int round = 0, rail = 0;
};

struct Measurement {
  CaseId id;
  std::string group;
  Series series = Series::cold;
  Scope scope;
  std::string input_pattern;
  std::uint64_t input_seed = 0;
  std::string started;  // RFC 3339, UTC
  MeasurementStatus status = MeasurementStatus::error;
  std::string reason;  // why it is not `measured`
  std::optional<Samples> samples;
  std::vector<RankSamples> ranks;
  std::map<std::string, double> metrics;  // flop_per_s, bytes_per_s, moved_bytes, flop, …
  std::optional<double> speed_of_light_fraction;
  std::optional<Verification> verification;
  Json telemetry = Json::object();
  std::optional<Transport> transport;
  std::optional<PairFacts> pair;
  Json extensions = Json::object();
};

struct RunFacts {
  std::string id, started, finished;
  std::string profile_name, profile_sha256;
  std::string backend;  // cuda | host
  std::vector<std::string> command;
  std::string filter;  // --filter; empty: every case of the profile
  std::string tables;  // version of the published figures behind the speed of light
  std::uint64_t seed = 0;
  int world_size = 1;
  std::optional<int> rank;  // of the process, where each writes a document of its node
};

/// A measurement between two members, by its index in the document's measurements.
struct Link {
  std::string a, b, kind;
  std::uint64_t measurement = 0;
};

/// The processes of a run whose document holds the measurements between them.
struct FabricFacts {
  std::vector<std::string> nodes, racks;  // by process; a rack that is not known is empty
};

/// What a verdict needs to plan the same rounds of pairs again.
struct IsolationFacts {
  std::uint64_t seed = 0;
  std::vector<std::string> nodes, racks;  // by rank
  std::vector<std::string> nics;          // the rails, where each is measured alone
};

/// Another document of the same run.
struct NamedDocument {
  std::string name;    // its path in the run's folder
  std::string sha256;  // content_sha256() of it
};

/// A check that another tool made.
struct ReportedCheck {
  std::string name, category;
  std::string subject;  // the node, or a member such as `node/device3`
  std::string status;   // pass | warn | fail | skipped | unknown
  std::string detail;
};

/// Where an imported document is from, and what its source does not say.
struct ImportedFacts {
  std::string tool;                   // nccl-tests | nvbandwidth | dcgmi | google-benchmark
  std::string version;                // of the tool
  std::string file;                   // its name, without folders; `-` for standard input
  std::string sha256;                 // of its bytes
  std::vector<std::string> unsaid;    // sentences
  std::vector<std::string> left_out;  // sentences: what Assay has no case for
  std::vector<ReportedCheck> checks;
};

struct Result {
  std::string schema_version = "1.1";  // of the document it was read from, else the newest
  RunStatus status = RunStatus::running;
  std::string error;  // with status error: the one line
  bool simulated = false;
  RunFacts run;
  std::map<std::string, std::string> software;
  std::vector<NodeFacts> nodes;
  std::vector<Measurement> measurements;
  std::vector<Link> links;
  Json fits = Json::array();
  std::optional<FabricFacts> fabric;                    // only in the document between processes
  std::optional<IsolationFacts> isolation;              // only where pairs were measured
  std::optional<std::vector<NamedDocument>> documents;  // the others of the run; empty: none
  std::optional<ImportedFacts> imported;                // only in a document of `assay import`
  Json extensions = Json::object();
};

Json to_json(const Result& result);
/// Reads a document that the schema has accepted. Throws Error for errors that a schema cannot
/// express (a case id that does not match its own workload, dtype, implementation or shape).
Result result_from_json(const Json& document);

std::span<const Word<RunStatus>> words_of(RunStatus);
std::span<const Word<Series>> words_of(Series);
std::span<const Word<MeasurementStatus>> words_of(MeasurementStatus);
std::span<const Word<Verification::Status>> words_of(Verification::Status);
const char* name(RunStatus status);
const char* name(Series series);
const char* name(MeasurementStatus status);

}  // namespace assay
