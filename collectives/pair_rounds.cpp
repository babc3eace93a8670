// Every rank runs the same isolation on the same readings, so that all know the next round.
#include "collectives/pair_rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "collectives/agree.h"
#include "collectives/carriers.h"
#include "collectives/collective.h"
#include "collectives/expectation.h"
#include "harness/core/document.h"
#include "harness/measure/series_summary.h"
#include "harness/measure/telemetry.h"

namespace assay {

namespace {

// The number of timed exchanges of a pair, after an untimed one. As many are made as fit into
// kExchanging_s, so that a fast pair is not judged by one disturbed exchange and a slow pair does
// not keep the other ranks waiting.
constexpr std::size_t kFewestExchanges = 2, kMostExchanges = 9;
constexpr double kExchanging_s = 0.4;
constexpr const char* kReadingMetric = "fastest_bytes_per_s";  // fabric_isolation replays it
constexpr std::size_t kNumbers = kMostExchanges + 2;  // of one rank and round, gathered by all

struct PairRun {
  Communicator& communicator;        // of all, in step
  std::vector<Communicator*> rails;  // by Probe::rail
  Device& device;
  const PairRunOptions& options;
  Dtype element;
  std::size_t count;
  std::unique_ptr<Buffer> out, in, words_out, words_in;
  int rounds = 0;
};

std::string what_arrived_wrong(PairRun& run, int partner, const ExactInputs& inputs) {
  const auto wrong = first_wrong(run.device, *run.in, {{run.count, partner, 0}}, inputs);
  if (!wrong) return "";
  return fmt::format("element {} from rank {} is {}, expected {}", wrong->index, partner,
                     wrong->value, wrong->expected);
}

void exchange_once(PairRun& run, Communicator& rail, int partner) {
  rail.send_receive(run.out->data(), run.count, partner, run.in->data(), run.count, partner,
                    run.element);
  rail.wait();
}

/// How many exchanges both ends make: what the one that wants fewer wants.
std::size_t agreed_exchanges(PairRun& run, int partner, double exchange_s) {
  const double fitting = kExchanging_s / exchange_s;
  const double wanted = std::clamp(fitting, double{kFewestExchanges}, double{kMostExchanges});
  run.device.copy_in(*run.words_out, &wanted, sizeof wanted);
  run.communicator.send_receive(run.words_out->data(), sizeof wanted, partner, run.words_in->data(),
                                sizeof wanted, partner, Dtype::int8);
  run.communicator.wait();
  double other = 0;
  run.device.copy_out(&other, *run.words_in, sizeof other);
  return static_cast<std::size_t>(std::min(wanted, other));
}

/// This rank's exchanges with its partner; what it read, and what was wrong.
std::vector<double> exchange(PairRun& run, Communicator& rail, int partner,
                             std::string& complaint) {
  const ExactInputs inputs(run.element, 2 * run.communicator.size(), run.options.seed,
                           static_cast<std::uint64_t>(run.rounds));
  run.device.fill_with(*run.out, inputs.of_rank(run.communicator.rank()));
  run.device.fill(*run.in, 0xFF);
  const double first = steady_seconds();
  exchange_once(run, rail, partner);
  std::vector<double> times(agreed_exchanges(run, partner, steady_seconds() - first));
  for (double& time_s : times) {
    const double begin = steady_seconds();
    exchange_once(run, rail, partner);
    time_s = steady_seconds() - begin;
  }
  complaint = what_arrived_wrong(run, partner, inputs);
  return times;
}

/// Of each exchange the slower end's time: what both of them waited for.
std::vector<double> slower_end(const std::vector<double>& all, const Probe& probe) {
  std::vector<double> times;
  for (std::size_t i = 0; i < kMostExchanges; ++i) {
    const double slower = std::max(all[static_cast<std::size_t>(probe.a) * kNumbers + i],
                                   all[static_cast<std::size_t>(probe.b) * kNumbers + i]);
    if (slower > 0) times.push_back(slower);
  }
  return times;
}

Measurement measurement_of(const PairRun& run, const Probe& probe, const std::string& started,
                           const std::vector<double>& times, const std::vector<Carrier>& carriers) {
  const PairRunOptions& options = run.options;
  Measurement measurement;
  measurement.id = {kPairWorkload, options.dtype, run.communicator.name(),
                    Shape{{"bytes", static_cast<std::int64_t>(options.bytes)}, {"ranks", 2}}};
  const std::string a = options.members[static_cast<std::size_t>(probe.a)];
  const std::string b = options.members[static_cast<std::size_t>(probe.b)];
  measurement.group = fmt::format("{} between {} and {}", measurement.id.group(), a, b);
  measurement.series = Series::hot;
  measurement.scope = {options.level_between ? options.level_between(probe.a, probe.b) : "cluster",
                       {a, b}};
  measurement.input_pattern = "small_integers";
  measurement.input_seed = options.seed;
  measurement.started = started;
  measurement.status = MeasurementStatus::measured;
  SeriesRecord record;
  for (const double time_s : times) record.add({time_s, 0, time_s, 0, nullptr}, std::nullopt);
  measurement.samples = record.summary("max_time");
  measurement.metrics["bytes_per_s"] =
      static_cast<double>(options.bytes) / measurement.samples->median_s;
  measurement.verification = Verification{Verification::Status::exact, 0.0, 0.0, {}, ""};
  // Noise only ever adds time, and one disturbed pair must not accuse its ends.
  measurement.metrics[kReadingMetric] =
      static_cast<double>(options.bytes) / *std::min_element(times.begin(), times.end());
  measurement.transport = transport_of(
      {carriers[static_cast<std::size_t>(probe.a)], carriers[static_cast<std::size_t>(probe.b)]},
      measurement.scope.members);
  if (!options.nics.empty()) {
    const auto rail = static_cast<std::size_t>(probe.rail);
    measurement.group += " through " + options.nics[rail];
    measurement.transport->nics = {options.nics[rail]};
  }
  measurement.pair = PairFacts{run.rounds, probe.rail};
  return measurement;
}

/// One round: its measurements, or nothing when somebody wishes to stop.
std::optional<std::vector<Measurement>> run_round(PairRun& run, const std::vector<Probe>& round) {
  const int rank = run.communicator.rank();
  int partner = -1;
  Communicator* rail = nullptr;
  for (const Probe& probe : round) {
    if (probe.a != rank && probe.b != rank) continue;
    partner = probe.a == rank ? probe.b : probe.a;
    rail = run.rails[static_cast<std::size_t>(probe.rail)];
  }
  const std::string started = utc_now();
  std::vector<double> mine(kNumbers, 0);
  std::string complaint;
  run.communicator.barrier();
  run.communicator.wait();
  if (partner >= 0) {
    const std::vector<double> times = exchange(run, *rail, partner, complaint);
    std::copy(times.begin(), times.end(), mine.begin());
  }
  mine[kMostExchanges] = complaint.empty() ? 0 : 1;
  mine[kMostExchanges + 1] = run.options.stop != nullptr && run.options.stop->load() ? 1 : 0;
  const std::vector<double> all = numbers_of_all(run.communicator, mine);
  bool wrong = false, stopped = false;
  for (std::size_t at = 0; at < all.size(); at += kNumbers) {
    wrong |= all[at + kMostExchanges] != 0;
    stopped |= all[at + kMostExchanges + 1] != 0;
  }
  if (wrong)
    throw Error("data arrived wrong between two ranks: " +
                first_complaint(lines_of_all(run.communicator, complaint)));
  if (stopped) return std::nullopt;
  const std::vector<Carrier> carriers = carriers_of_all(
      run.communicator, rail == nullptr ? Carrier() : rail->carrier(Operation::send_recv));
  std::vector<Measurement> measurements;
  for (const Probe& probe : round)
    measurements.push_back(measurement_of(run, probe, started, slower_end(all, probe), carriers));
  ++run.rounds;
  return measurements;
}

}  // namespace

std::vector<int> rack_numbers(const std::vector<std::string>& racks) {
  std::vector<std::string> known;
  std::vector<int> numbers;
  for (const std::string& rack : racks) {
    const auto at = std::find(known.begin(), known.end(), rack);
    numbers.push_back(static_cast<int>(at - known.begin()));
    if (at == known.end()) known.push_back(rack);
  }
  return numbers;
}

IsolationFacts isolation_facts(const PairRunOptions& options) {
  return {options.seed, options.members, options.racks, options.nics};
}

bool run_pairs(Communicator& communicator, const std::vector<Communicator*>& rails, Device& device,
               const PairRunOptions& options) {
  const auto element = moved_dtype(options.dtype);
  if (!element) throw Error("no pair exchanges " + options.dtype);
  const std::size_t count = options.bytes / size_of(*element);
  if (count == 0) throw Error("a pair's exchange needs at least one element");
  PairRun run{communicator,
              rails.empty() ? std::vector<Communicator*>{&communicator} : rails,
              device,
              options,
              *element,
              count,
              device.allocate(count * size_of(*element)),
              device.allocate(count * size_of(*element)),
              device.allocate(sizeof(double)),
              device.allocate(sizeof(double))};
  Isolation isolation({rack_numbers(options.racks), static_cast<int>(run.rails.size())},
                      options.seed);
  for (;;) {
    const std::vector<Probe> round = isolation.next_round();
    if (round.empty()) return true;
    const auto measurements = run_round(run, round);
    if (!measurements) return false;
    std::vector<PairReading> readings;
    for (std::size_t i = 0; i < round.size(); ++i)
      readings.push_back({round[i], (*measurements)[i].metrics.at(kReadingMetric)});
    isolation.record(readings);
    if (options.on_round) options.on_round(*measurements);
  }
}

}  // namespace assay
