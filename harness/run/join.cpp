// What each library needs before its ranks can meet: a store of keys, or an id that all know.
#include "harness/run/join.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "collectives/gloo/open.h"
#include "collectives/nccl/join.h"
#include "collectives/rendezvous/reachable_address.h"
#include "collectives/topology/interface_address.h"
#include "harness/core/error.h"

namespace assay::run {

namespace {

/// `meeting_id` distinguishes one meeting of the same ranks from another.
GlooOptions gloo_options(int rank, int size, rendezvous::Client& client, const std::string& address,
                         const std::string& meeting_id, double silence_s) {
  GlooOptions options;
  options.rank = rank;
  options.size = size;
  options.address = address;
  options.deadline_s = silence_s;
  options.prefix = "gloo/" + meeting_id;
  options.set = [&client](const std::string& key, const std::string& value) {
    client.set(key, value);
  };
  options.get = [&client](const std::string& key) { return client.get(key); };
  return options;
}

std::string shared_nccl_id(const World& world, rendezvous::Client* client) {
  if (client == nullptr) return make_nccl_id();
  if (world.process == 0) client->set("nccl", make_nccl_id());
  return client->get("nccl");
}

/// Where ranks of one process find each other: what the rendezvous is to those of several.
class LocalStore {
 public:
  explicit LocalStore(double patience_s) : patience_s_(patience_s) {}
  void set(const std::string& key, const std::string& value) {
    const std::lock_guard lock(mutex_);
    values_[key] = value;
    changed_.notify_all();
  }
  std::string get(const std::string& key) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::duration<double>(patience_s_),
                           [&] { return values_.contains(key); }))
      throw Error(fmt::format("no rank of this process set '{}' within {:g} s", key, patience_s_));
    return values_[key];
  }

 private:
  const double patience_s_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> values_;
};

std::unique_ptr<LocalRanks> join_on_loopback(const World& world, Device* host, double silence_s) {
  const std::vector<Device*> shared(world.places.size(), host);
  const auto store = std::make_shared<LocalStore>(silence_s);
  return std::make_unique<LocalRanks>(0, shared, [&world, store, silence_s](int rank, Device&) {
    GlooOptions options;
    options.rank = rank;
    options.size = static_cast<int>(world.places.size());
    options.address = "127.0.0.1";
    options.deadline_s = silence_s;
    options.prefix = "gloo/";
    options.set = [store](const std::string& key, const std::string& value) {
      store->set(key, value);
    };
    options.get = [store](const std::string& key) { return store->get(key); };
    return open_gloo(options);
  });
}

std::unique_ptr<LocalRanks> join_over_gloo(const World& world, const std::vector<Device*>& devices,
                                           rendezvous::Client* client, double silence_s) {
  if (client == nullptr) return join_on_loopback(world, devices.front(), silence_s);
  const int size = static_cast<int>(world.places.size());
  const auto through = [=](const std::string& address, const std::string& meeting_id) {
    return [=](int rank, Device&) {
      return open_gloo(gloo_options(rank, size, *client, address, meeting_id, silence_s));
    };
  };
  const std::string address = rendezvous::reachable_address(*client);
  auto ranks = std::make_unique<LocalRanks>(world.first_rank, devices, through(address, ""));
  for (const std::string& nic : world.nics)
    ranks->add_rail(through(address_of_interface(nic, address), nic + "/"));
  return ranks;
}

std::unique_ptr<LocalRanks> join_over_nccl(const World& world, const std::vector<Device*>& devices,
                                           rendezvous::Client* client, double silence_s,
                                           std::filesystem::path report) {
  // NCCL reads its environment once: the watch comes before the first call of it.
  const auto watch = std::make_shared<nccl::Watch>(report.replace_extension(".nccl.txt"));
  const std::string id = shared_nccl_id(world, client);
  const int size = static_cast<int>(world.places.size());
  return std::make_unique<LocalRanks>(
      world.first_rank, devices, [size, id, watch, silence_s](int rank, Device& device) {
        return join_nccl({id, rank, size, silence_s}, device, watch);
      });
}

}  // namespace

std::string why_not_joined(Backend backend) {
  return backend == Backend::host ? why_no_gloo() : why_no_nccl();
}

std::unique_ptr<LocalRanks> join_ranks(const World& world, const Devices& devices,
                                       rendezvous::Client* client, double silence_s,
                                       const std::filesystem::path& document) {
  const Backend backend = devices.front()->backend();
  if (const std::string why = why_not_joined(backend); !why.empty())
    throw Error(why, ExitCode::missing);
  std::vector<Device*> local;
  for (const auto& device : devices) local.push_back(device.get());
  if (client != nullptr) client->barrier("fabric");  // names who is missing, where a key could not
  if (backend == Backend::host) return join_over_gloo(world, local, client, silence_s);
  return join_over_nccl(world, local, client, silence_s, document);
}

}  // namespace assay::run
