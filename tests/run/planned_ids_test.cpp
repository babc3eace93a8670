// What assay list names is what the engine plans: every built-in profile, on the host and on
// stand-ins of one GPU and of eight, in worlds of one, two and four processes that really meet.
#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "collectives/topology/scopes.h"
#include "harness/cli/listed_cases.h"
#include "harness/core/error.h"
#include "harness/run/between_ranks.h"
#include "harness/run/implemented.h"
#include "harness/run/on_devices.h"
#include "tests/kernels/small_host.h"

namespace assay::run {

namespace {

using Ids = std::multiset<std::string>;  // with the series: one id may be asked in several

class StandIn final : public test::SmallHost {
 public:
  StandIn(Backend backend, int index) : backend_(backend) {
    facts_.index = index;
    facts_.name = "a stand-in";
    facts_.uuid = std::string(name(backend)) + "-" + std::to_string(index);
    if (backend == Backend::cuda) facts_.compute_capability = "9.0";
  }
  Backend backend() const override { return backend_; }
  const DeviceFacts& facts() const override { return facts_; }

 private:
  Backend backend_;
  DeviceFacts facts_;
};

Devices stand_ins(Backend backend, int count) {
  Devices devices;
  for (int index = 0; index < count; ++index)
    devices.push_back(std::make_unique<StandIn>(backend, index));
  return devices;
}

Result machine_of(const Devices& devices) {
  Result machine;
  machine.run.backend = name(devices.front()->backend());
  record_machine(machine, devices.front()->backend(), devices);
  return machine;
}

/// What the first of `processes` knows when all have met, each on a machine of its own.
World met(const Result& machine, int processes) {
  if (processes == 1) return world_like(machine, 1);
  rendezvous::ServerOptions options;
  options.host = "127.0.0.1";
  options.world_size = processes;
  options.token = "a token of this test";
  const rendezvous::Server server(options);
  std::vector<World> worlds(static_cast<std::size_t>(processes));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < processes; ++rank)
    threads.emplace_back([&, rank] {
      rendezvous::Client client({{"127.0.0.1", server.port()}, rank, processes, options.token, 20});
      Result own = machine;
      for (DeviceFacts& device : own.nodes.front().devices)
        device.uuid += "-of-" + std::to_string(rank);
      worlds[static_cast<std::size_t>(rank)] = world_met(client, own, {}, {});
    });
  for (std::thread& thread : threads) thread.join();
  return worlds.front();
}

void add(const Group& group, Ids& ids) {
  for (const Group& one : group.together) add(one, ids);
  for (const GroupMember& member : group.members)
    ids.insert(member.id.str() + " " + name(group.series));
}

/// How many devices and scopes have a case does not matter here.
Ids once(const Ids& ids) {
  const std::set<std::string> unique(ids.begin(), ids.end());
  return {unique.begin(), unique.end()};
}

Ids planned(const Profile& profile, const Devices& devices, int processes) {
  const Result machine = machine_of(devices);
  const World world = met(machine, processes);
  const std::vector<AskedGroup> asked =
      asked_of_run(profile, world.as_asked(devices), implemented(), "");
  Ids ids;
  for (const Group& group : groups_on_devices(asked, devices, machine)) add(group, ids);
  std::vector<ScopeGroup> scopes = {whole_group(world.places)};
  for (const auto& level : groups_within(world.places))
    scopes.insert(scopes.end(), level.begin(), level.end());
  for (const ScopeGroup& scope : scopes)
    for (const CollectiveGroup& group : collectives_over(asked, scope.ranks.size()))
      for (const std::string& implementation : group.implementations)
        ids.insert(group.id(implementation, static_cast<int>(scope.ranks.size())).str() + " " +
                   name(group.series));
  for (const AskedGroup& group : asked)
    if (group.reach == Reach::rank_pairs)
      ids.insert(group.id(group.implementations.front()).str() + " " + name(group.series));
  return once(ids);
}

Ids listed(const Profile& profile, Backend backend, int devices, int processes) {
  Ids ids;
  const cli::LocalDevices here{backend, stand_ins(backend, devices), ""};
  for (const cli::ListedCase& one : cli::listed_cases(profile, here, processes))
    ids.insert(one.id.str() + " " + name(one.group.series));
  return once(ids);
}

/// The ids, or why there are none.
template <class Make>
Ids ids_or_refusal(const Make& make) {
  try {
    return make();
  } catch (const Error& error) {
    return {error.what()};
  }
}

void check_equal(Backend backend, int devices) {
  for (const std::string& profile_name : builtin_profile_names()) {
    const Profile profile = load_profile(profile_name);
    if (!is_for(profile, name(backend)) || profile.cases.empty()) continue;
    for (const int processes : {1, 2, 4}) {
      CAPTURE(profile_name);
      CAPTURE(processes);
      const Ids of_list =
          ids_or_refusal([&] { return listed(profile, backend, devices, processes); });
      const Ids of_engine =
          ids_or_refusal([&] { return planned(profile, stand_ins(backend, devices), processes); });
      CHECK_FALSE(of_list.empty());
      CHECK(of_list == of_engine);
    }
  }
}

}  // namespace

TEST_SUITE("integration") {
  TEST_CASE("list names what the engine plans on the host for every built-in profile and world") {
    check_equal(Backend::host, 1);
  }

  TEST_CASE("list names what the engine plans on one GPU for every built-in profile and world") {
    check_equal(Backend::cuda, 1);
  }

  TEST_CASE("list names what the engine plans on eight GPUs for every built-in profile and world") {
    check_equal(Backend::cuda, 8);
  }

  TEST_CASE("collectives of two nodes of eight GPUs are listed over sixteen ranks and over eight") {
    const Ids ids = listed(load_profile("fabric"), Backend::cuda, 8, 2);
    CHECK(ids.contains("all_reduce.f32.nccl/bytes4096_ranks16 hot"));
    CHECK(ids.contains("all_reduce.f32.nccl/bytes4096_ranks8 hot"));
    CHECK(ids.contains("pair.f32.nccl/bytes67108864_ranks2 hot"));
    CHECK(ids.count("all_reduce.f32.nccl/bytes4096_ranks2 hot") == 0);
  }
}

}  // namespace assay::run
