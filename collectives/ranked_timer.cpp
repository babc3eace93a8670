// One sample of many ranks: barrier, batch, exchange of times.
#include "collectives/ranked_timer.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/agree.h"

namespace assay {

namespace {

/// All ranks use rank 0's count: with different counts they would wait for each other forever.
void agree_on_iterations(Communicator& communicator, const Batch& batch) {
  std::uint64_t agreed = batch.iterations;
  communicator.broadcast_host(std::as_writable_bytes(std::span(&agreed, 1)));
  if (agreed == batch.iterations) return;
  communicator.abort();
  throw LostPeer(
      fmt::format("rank {} would run {} iterations where rank 0 runs {}: their "
                  "readings differ, which is a bug of ours",
                  communicator.rank(), batch.iterations, agreed));
}

}  // namespace

void RankedTimer::prime(const Batch& batch) {
  agree_on_iterations(communicator_, batch);
  batch.enqueue_all();
  batch.timed->finish();
}

/// If one rank cannot replay the batch, no rank does: the others would wait for it forever. The
/// first replay is not timed.
void RankedTimer::prepare(const Batch& batch) {
  if (!clock_ || clock_->is_prepared(batch)) return;
  together(communicator_, [&] { clock_->prepare(batch); });
  clock_->enqueue(batch);
  batch.timed->finish();
}

/// Seconds from the barrier on. A device's stream continues from the barrier to the batch without
/// the host, so that no rank's batch is delayed by the host waiting for the barrier.
double RankedTimer::run(const Batch& batch) {
  communicator_.barrier();
  if (clock_) {
    clock_->enqueue(batch);
    batch.timed->finish();  // a forced algorithm has a communicator of its own
    return clock_->elapsed_s();
  }
  communicator_.wait();
  const double begin_s = steady_seconds();
  batch.enqueue_all();
  batch.timed->finish();
  return steady_seconds() - begin_s;
}

Reading RankedTimer::time(const Batch& batch) {
  agree_on_iterations(communicator_, batch);
  prepare(batch);
  const double begin_s = steady_seconds();
  const double own_s = run(batch);
  const double end_s = steady_seconds();

  const double wish = asked_ != nullptr && asked_->load() ? 1 : 0;
  const std::vector<double> all = numbers_of_all(communicator_, {own_s, begin_s, end_s, wish});
  Reading reading;
  reading.begin_s = all[1];  // of rank 0, so that time spent is the same on every rank
  reading.end_s = all[2];
  for (std::size_t at = 0; at < all.size(); at += 4) {
    reading.time_s = std::max(reading.time_s, all[at]);
    reading.ranks_s.push_back(all[at]);
    if (all[at + 3] != 0) agreed_.store(true);
  }
  return reading;
}

std::unique_ptr<Timer> RankedInstrument::make_timer(Series series, std::string& reason) {
  auto clock = device_.instrument().make_batch_clock(series);
  if (series == Series::graph && !clock) {
    reason = "this backend has no graphs that ranks could replay together";
    return nullptr;
  }
  return std::make_unique<RankedTimer>(communicator_, asked_, agreed_, std::move(clock));
}

}  // namespace assay
