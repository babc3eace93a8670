// Ranks as threads of one process, joined by Gloo over loopback, with a store in memory.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "collectives/gloo/open.h"
#include "tests/not_run.h"

namespace assay::test {

class MemoryStore {
 public:
  void set(const std::string& key, const std::string& value) {
    const std::lock_guard lock(mutex_);
    values_[key] = value;
    changed_.notify_all();
  }
  std::string get(const std::string& key, double deadline_s) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::duration<double>(deadline_s),
                           [&] { return values_.contains(key); }))
      throw Error("nobody set '" + key + "'");
    return values_[key];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> values_;
};

inline void need_gloo() {
  if (const std::string why = why_no_gloo(); !why.empty()) not_run(why);
}

inline GlooOptions gloo_options(MemoryStore& store, int rank, int ranks, double deadline_s) {
  GlooOptions options;
  options.rank = rank;
  options.size = ranks;
  options.address = "127.0.0.1";
  options.deadline_s = deadline_s;
  options.set = [&store](const std::string& key, const std::string& value) {
    store.set(key, value);
  };
  options.get = [&store, deadline_s](const std::string& key) { return store.get(key, deadline_s); };
  return options;
}

/// Runs `body` on every rank; what a rank throws comes back in rank order, null where it did not.
inline std::vector<std::exception_ptr> every_rank(int ranks, double deadline_s,
                                                  const std::function<void(Communicator&)>& body) {
  MemoryStore store;
  std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(ranks));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        const auto communicator = open_gloo(gloo_options(store, rank, ranks, deadline_s));
        body(*communicator);
      } catch (...) {
        thrown[static_cast<std::size_t>(rank)] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return thrown;
}

/// The same, and the first exception goes on.
inline void on_every_rank(int ranks, const std::function<void(Communicator&)>& body) {
  for (const std::exception_ptr& thrown : every_rank(ranks, 20, body))
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace assay::test
