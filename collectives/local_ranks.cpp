// Threads for a process's ranks, and what becomes of the others when one fails.
#include "collectives/local_ranks.h"

#include <exception>
#include <numeric>
#include <utility>

#include "harness/measure/threads.h"

namespace assay {

namespace {

/// What the ranks threw: a cause is worth more than the losses that follow from it.
class Failures {
 public:
  void add(std::exception_ptr failure, bool is_loss) {
    const std::lock_guard lock(mutex_);
    std::exception_ptr& first = is_loss ? loss_ : cause_;
    if (!first) first = std::move(failure);
  }
  void rethrow() const {
    if (cause_) std::rethrow_exception(cause_);
    if (loss_) std::rethrow_exception(loss_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr cause_, loss_;
};

}  // namespace

LocalRanks::LocalRanks(int first, const std::vector<Device*>& devices, const Join& join) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    LocalRank& rank = ranks_.emplace_back();
    rank.rank = first + static_cast<int>(i);
    rank.device = devices[i];
    rank.is_first_of_process = i == 0;
  }
  each([&](LocalRank& rank) {
    auto world = join(rank.rank, *rank.device);
    const std::lock_guard lock(joining_);
    rank.world = std::move(world);
    if (aborted_) rank.world->abort();
  });
}

LocalRanks::~LocalRanks() {
  try {
    each([](LocalRank& rank) {
      rank.forced.clear();
      rank.part.reset();
      rank.rails.clear();
      rank.world.reset();
    });
  } catch (const std::exception&) {
    // A communicator that cannot end cleanly has already reported why to its caller.
  }
}

void LocalRanks::abort() noexcept {
  const std::lock_guard lock(joining_);
  aborted_ = true;
  for (LocalRank& rank : ranks_) {
    if (rank.world) rank.world->abort();
    if (rank.part) rank.part->abort();
    for (const auto& rail : rank.rails) rail->abort();
    for (const auto& [algorithm, communicator] : rank.forced) communicator->abort();
  }
}

Communicator& LocalRanks::part(LocalRank& rank, const std::vector<int>& members,
                               const std::string& name) {
  auto part = rank.world->subgroup(members, name);
  const std::lock_guard lock(joining_);
  std::swap(rank.part, part);
  if (aborted_) rank.part->abort();
  return *rank.part;
}

void LocalRanks::add_rail(const Join& join) {
  each([&](LocalRank& rank) {
    auto rail = join(rank.rank, *rank.device);
    const std::lock_guard lock(joining_);
    rank.rails.push_back(std::move(rail));
    if (aborted_) rank.rails.back()->abort();
  });
}

Communicator& LocalRanks::force(LocalRank& rank, Communicator& all, const std::string& algorithm) {
  std::vector<int> members(static_cast<std::size_t>(all.size()));
  std::iota(members.begin(), members.end(), 0);
  auto made = all.subgroup(members, algorithm);
  const std::lock_guard lock(joining_);
  auto& forced = rank.forced[algorithm];
  std::swap(forced, made);
  if (aborted_) forced->abort();
  return *forced;
}

void LocalRanks::each(const std::function<void(LocalRank&)>& step) {
  Failures failures;
  const auto guarded = [&](LocalRank& rank) {
    try {
      rank.device->make_current();
      step(rank);
      return;
    } catch (const LostPeer&) {
      failures.add(std::current_exception(), true);
    } catch (...) {
      failures.add(std::current_exception(), false);
    }
    abort();
  };
  run_on_threads(static_cast<int>(ranks_.size()), "the ranks of this process",
                 [&](int index) { guarded(ranks_[static_cast<std::size_t>(index)]); });
  failures.rethrow();
}

}  // namespace assay
