// Barrier, batch, exchange: what makes a sample of many ranks one sample.
#include "collectives/ranked_timer.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/agree.h"

namespace assay {

namespace {

/// Ranks that run different counts wait for each other for ever: rank 0's count is everyone's.
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

/// Where one rank cannot replay the batch, none does: the others would wait for it for ever. The
/// first replay is not timed.
void RankedTimer::prepare(const Batch& batch) {
  if (!clock_ || clock_->is_prepared(batch)) return;
  together(communicator_, [&] { clock_->prepare(batch); });
  clock_->enqueue(batch);
  batch.timed->finish();
}

/// Seconds from when all ranks are there. A device's stream runs on from the barrier to the batch,
/// so that waiting for the one on the host delays no rank's part of the other.
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
