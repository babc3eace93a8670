// What each library needs before its ranks can meet: a store of keys, or an id that all know.
#include "harness/cli/fabric_join.h"

#include <filesystem>

#include "collectives/gloo/open.h"
#include "collectives/nccl/join.h"
#include "harness/core/error.h"

namespace assay::cli {

namespace {

GlooOptions gloo_options(int rank, int size, rendezvous::Client& client, double silence_s) {
  GlooOptions options;
  options.rank = rank;
  options.size = size;
  options.address = client.local_address();
  options.deadline_s = silence_s;
  options.prefix = "gloo/";
  options.set = [&client](const std::string& key, const std::string& value) {
    client.set(key, value);
  };
  options.get = [&client](const std::string& key) { return client.get(key); };
  return options;
}

std::string shared_nccl_id(const FabricWorld& world, rendezvous::Client* client) {
  if (client == nullptr) return make_nccl_id();
  if (world.process == 0) client->set("nccl", make_nccl_id());
  return client->get("nccl");
}

}  // namespace

std::string why_not_joined(Backend backend) {
  return backend == Backend::host ? why_no_gloo() : why_no_nccl();
}

std::unique_ptr<LocalRanks> join_ranks(const FabricWorld& world, const Devices& devices,
                                       rendezvous::Client* client, double silence_s) {
  const Backend backend = devices.front()->backend();
  if (const std::string why = why_not_joined(backend); !why.empty())
    throw Error(why, ExitCode::missing);
  std::vector<Device*> local;
  for (const auto& device : devices) local.push_back(device.get());
  const int size = static_cast<int>(world.places.size());
  if (client != nullptr) client->barrier("fabric");  // names who is missing, where a key could not
  LocalRanks::Join join;
  if (backend == Backend::host) {
    if (client == nullptr) throw Error("a host alone has nobody to be joined to");
    join = [size, client, silence_s](int rank, Device&) {
      return open_gloo(gloo_options(rank, size, *client, silence_s));
    };
  } else {
    // NCCL reads its environment once: the watch comes before the first call of it.
    const auto watch = std::make_shared<nccl::Watch>(std::filesystem::temp_directory_path());
    const std::string id = shared_nccl_id(world, client);
    join = [size, id, watch, silence_s](int rank, Device& device) {
      return join_nccl({id, rank, size, silence_s}, device, watch);
    };
  }
  return std::make_unique<LocalRanks>(world.first_rank, local, join);
}

}  // namespace assay::cli
