// What processes that really meet learn of each other: names, racks, places, locks; and what they
// refuse.
#include "harness/run/world.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <functional>
#include <thread>

#include "collectives/rendezvous/server.h"
#include "collectives/rendezvous/wire.h"
#include "harness/core/error.h"
#include "harness/run/device_lock.h"
#include "harness/run/machine_sharing.h"
#include "tests/core/refusal.h"
#include "tests/kernels/small_host.h"

namespace assay::run {

namespace {

using Names = std::vector<std::string>;

/// Runs `each` for the ranks 0 to `count` - 1 at once, all joined; what each was refused with.
Names at_once(int count, const std::function<void(rendezvous::Client&)>& each) {
  rendezvous::ServerOptions options;
  options.host = "127.0.0.1";
  options.world_size = count;
  options.token = "a token of this test";
  const rendezvous::Server server(options);
  Names refusals(static_cast<std::size_t>(count));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < count; ++rank)
    threads.emplace_back([&, rank] {
      refusals[static_cast<std::size_t>(rank)] = test::refusal([&] {
        rendezvous::Client client({{"127.0.0.1", server.port()}, rank, count, options.token, 20});
        each(client);
      });
    });
  for (std::thread& thread : threads) thread.join();
  return refusals;
}

/// A node with GPUs that share an NVLink domain, whose switches add unless it is `b`; the n-th is
/// below root n on NUMA node n.
Result machine(const std::string& name, int devices) {
  Result result;
  result.run.id = "run of " + name;
  result.run.backend = "cuda";
  result.run.profile_sha256 = "0f";
  result.run.seed = 7;
  result.software["assay"] = "1.0";
  NodeFacts node;
  node.name = name;
  node.topology["gpus"] = Json::array();
  for (int index = 0; index < devices; ++index) {
    DeviceFacts device;
    device.index = index;
    device.uuid = "GPU-" + name + std::to_string(index);
    device.compute_capability = name == "b" ? "8.0" : "9.0";
    device.speed_of_light.nvlink_bytes_per_s = 4.5e11 / 3;
    device.speed_of_light.pcie_bytes_per_s = 6.3e10 / 7;
    node.topology["gpus"].push_back({{"uuid", device.uuid},
                                     {"nvlink_domain", name + "/nvlink0"},
                                     {"pcie_root", "pci" + std::to_string(index)},
                                     {"numa_node", index}});
    node.devices.push_back(device);
  }
  node.nics = {{{"name", "mlx5_0"}, {"rdma", true}, {"up", true}, {"bytes_per_s", 5e10 / 11}}};
  result.nodes = {node};
  return result;
}

/// Three processes that differ from each other in what `change` makes of the ranks'.
Names refusals_of(const std::function<void(int rank, Result&, StartedWith&)>& change) {
  return at_once(3, [&](rendezvous::Client& client) {
    Result own = machine("n", 1);
    StartedWith with{"gemm", {"mlx5_0"}, ""};
    change(client.rank(), own, with);
    world_met(client, own, {}, with);
  });
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every process knows the names and racks and places of all") {
    std::vector<World> worlds(4);
    const Names names = {"a", "b", "a", "c"};
    const std::vector<int> devices = {2, 1, 1, 3};
    const Names refusals = at_once(4, [&](rendezvous::Client& client) {
      const auto rank = static_cast<std::size_t>(client.rank());
      Result own = machine(names[rank], devices[rank]);
      RackOfNode racks = {{"b", "east"}, {"other", "north"}};
      racks["a"] = rank == 0 ? "west" : "south";
      worlds[rank] = world_met(client, own, racks, {"", {"mlx5_0", "mlx5_1"}, ""});
    });
    CHECK(refusals == Names(4));
    const std::vector<int> first_ranks = {0, 2, 3, 4};
    for (std::size_t process = 0; process < 4; ++process) {
      CAPTURE(process);
      const World& world = worlds[process];
      CHECK(world.run_id == "run of a");
      CHECK(world.nodes == Names{"a", "b", "a (rank 2)", "c"});
      CHECK(world.racks == Names{"west", "east", "south", ""});
      CHECK(world.nics == Names{"mlx5_0", "mlx5_1"});
      CHECK(world.process == static_cast<int>(process));
      CHECK(world.first_rank == first_ranks[process]);
      REQUIRE(world.places.size() == 7);
      for (std::size_t rank = 0; rank < 7; ++rank) {
        const std::size_t on = rank < 2 ? 0 : rank < 4 ? rank - 1 : 3;
        const std::string index = std::to_string(rank - static_cast<std::size_t>(first_ranks[on]));
        CAPTURE(rank);
        const RankPlace& place = world.places[rank];
        CHECK(place.rank == static_cast<int>(rank));
        CHECK(place.node == world.nodes[on]);
        CHECK(place.rack == world.racks[on]);
        CHECK(place.device == "GPU-" + names[on] + index);
        CHECK(place.nvlink_domain == names[on] + "/nvlink0");
        CHECK(place.pcie_root == place.node + "/pci" + index);
        CHECK(place.numa_node == place.node + "/numa" + index);
        CHECK(place.nvlink_bytes_per_s == 4.5e11 / 3);
        CHECK(place.pcie_bytes_per_s == 6.3e10 / 7);
        CHECK(place.node_nic_bytes_per_s == 5e10 / 11);
        CHECK(place.has_adding_switches == (names[on] != "b"));
      }
    }
    CHECK(worlds[2].members() == Names{"a/device0", "a/device1", "b", "a (rank 2)", "c/device0",
                                       "c/device1", "c/device2"});
  }

  TEST_CASE("ranks are named by their node and by device or rank where it has several") {
    struct Row {
      Names nodes, devices, members;
    };
    for (const Row& row : {Row{{"a"}, {"1"}, {"a"}}, Row{{"a", "b"}, {"1", "2"}, {"a", "b"}},
                           Row{{"a", "a"}, {"1", "2"}, {"a/device0", "a/device1"}},
                           Row{{"a", "a"}, {"1", "1"}, {"a/rank0", "a/rank1"}},
                           Row{{"a", "b", "a", "a"},
                               {"1", "1", "1", "2"},
                               {"a/device0", "b", "a/device1", "a/device2"}},
                           Row{{}, {}, {}}}) {
      World world;
      for (std::size_t rank = 0; rank < row.nodes.size(); ++rank) {
        RankPlace place;
        place.rank = static_cast<int>(rank);
        place.node = row.nodes[rank];
        place.device = row.devices[rank];
        world.places.push_back(place);
      }
      CHECK(world.members() == row.members);
    }
  }

  TEST_CASE("all processes are refused alike where one was started with something else") {
    struct Row {
      std::function<void(Result&, StartedWith&)> make;
      std::string said;
    };
    const std::vector<Row> rows = {
        {[](Result&, StartedWith&) {}, ""},
        {[](Result& own, StartedWith&) { own.run.id = own.nodes.front().name = "other"; }, ""},
        {[](Result& own, StartedWith&) { own.run.profile_sha256 = "0e"; },
         "rank 1 was started with another profile than rank 0"},
        {[](Result& own, StartedWith&) { own.software["assay"] = "1.1"; },
         "rank 1 was started with another version of assay than rank 0: \"1.1\" and not \"1.0\""},
        {[](Result& own, StartedWith&) { own.software.clear(); },
         "rank 1 was started with another version of assay than rank 0: \"\" and not \"1.0\""},
        {[](Result& own, StartedWith&) { own.run.backend = "host"; },
         "rank 1 was started with another backend than rank 0: \"host\" and not \"cuda\""},
        {[](Result& own, StartedWith&) { own.run.seed = 8; },
         "rank 1 was started with another seed than rank 0: \"8\" and not \"7\""},
        {[](Result&, StartedWith& with) { with.filter = ""; },
         "rank 1 was started with another --filter than rank 0: \"\" and not \"gemm\""},
        {[](Result&, StartedWith& with) { with.nics.emplace_back("x"); },
         "rank 1 was started with other --nics than rank 0: \"mlx5_0,x\" and not \"mlx5_0\""},
        // What can be read is rather said than that digests differ.
        {[](Result& own, StartedWith&) {
           own.run.profile_sha256 = "0e";
           own.run.seed = 8;
         },
         "rank 1 was started with another seed than rank 0: \"8\" and not \"7\""}};
    for (const Row& row : rows) {
      CHECK(refusals_of([&](int rank, Result& own, StartedWith& with) {
              if (rank > 0) row.make(own, with);
            }) == Names(3, row.said));
    }
    std::string of_last = rows[6].said;
    of_last.replace(of_last.find('1'), 1, "2");
    CHECK(refusals_of([&](int rank, Result& own, StartedWith& with) {
            if (rank == 2) rows[6].make(own, with);
          }) == Names(3, of_last));
    for (const int taken : {0, 2})
      CHECK(refusals_of([&](int rank, Result&, StartedWith& with) {
              if (rank == taken) with.folder_taken = "out holds nodes already";
            }) == Names(3, "rank " + std::to_string(taken) + ": out holds nodes already"));
  }

  TEST_CASE("a process that says more or less of itself is of another version") {
    for (const std::size_t words : {0, 9, 11}) {
      CAPTURE(words);
      Names refusals = at_once(2, [&](rendezvous::Client& client) {
        if (client.rank() == 0) {
          world_met(client, machine("n", 1), {}, {});
          return;
        }
        client.gather("facts", rendezvous::encode_list(Names(words, "x")));
        throw Error(rendezvous::decode_list(client.get("peers")).at(0));
      });
      CHECK(refusals == Names(2, "rank 1 was started with another version of assay than rank 0"));
    }
  }

  TEST_CASE("a world of guesses has a name and devices for each process and one rack") {
    const Result own = machine("a", 2);
    const World world = world_like(own, 3, {{"a", "west"}});
    CHECK(world.run_id == "run of a");
    CHECK(world.nodes == Names{"a", "a (rank 1)", "a (rank 2)"});
    CHECK(world.racks == Names{"west", "", ""});
    REQUIRE(world.places.size() == 6);
    CHECK(world.places[1].rank == 1);
    CHECK(world.places[1].rack == "west");
    CHECK(world.places[3].device == "GPU-a1 (rank 1)");
    CHECK(world.places[3].node == "a (rank 1)");
    const World local = world_of_local_ranks(machine("a", 1), 3, {{"a", "west"}});
    REQUIRE(local.places.size() == 3);
    for (int rank = 0; rank < 3; ++rank) {
      const RankPlace& place = local.places[static_cast<std::size_t>(rank)];
      CHECK(place.rank == rank);
      CHECK(place.device == "GPU-a0");
      CHECK(place.rack == "west");
    }
    CHECK(local.members() == Names{"a/rank0", "a/rank1", "a/rank2"});
  }

  TEST_CASE("ranks that meet on one machine are told each its own locks and turn") {
    std::vector<MachineSharing> shared(3);
    const auto share = [&](const std::vector<Names>& locks) {
      return at_once(3, [&](rendezvous::Client& client) {
        const auto rank = static_cast<std::size_t>(client.rank());
        shared[rank] = share_machines(client, locks[rank]);
      });
    };
    CHECK(share({{kHostLock, "GPU-1"}, {kHostLock}, {"GPU-2", "GPU-3"}}) == Names(3));
    CHECK(shared[0].locks == Names{kHostLock, "GPU-1"});
    CHECK(shared[1].locks.empty());
    CHECK(shared[2].locks == Names{"GPU-2", "GPU-3"});
    CHECK(shared[0].turn == 0);
    CHECK(shared[1].turn == 1);
    CHECK(shared[2].turn == 0);
    for (const MachineSharing& one : shared) CHECK(one.turns == 2);
    CHECK(share({{"GPU-1"}, {"GPU-2"}, {"GPU-2"}}) ==
          Names(3,
                "ranks 1 and 2 are on one machine and both have GPU-2: give each rank GPUs of "
                "its own with CUDA_VISIBLE_DEVICES"));
  }

  TEST_CASE("the labels of a node are those that the launcher gives") {
    std::vector<std::unique_ptr<Device>> devices;
    devices.push_back(std::make_unique<test::SmallHost>());
    const auto labels = [&](const char* given) {
      setenv("ASSAY_NODE_LABELS", given, 1);
      Result result;
      record_machine(result, Backend::host, devices);
      return result.nodes.front().labels;
    };
    using Labels = std::map<std::string, std::string>;
    CHECK(labels("") == Labels{});
    CHECK(labels("rack=r1") == Labels{{"rack", "r1"}});
    CHECK(labels("a.io/rack=r1,b=,c=x=y") == Labels{{"a.io/rack", "r1"}, {"b", ""}, {"c", "x=y"}});
    for (const char* wrong : {"=r1", "rack", "a=b,,c=d", "a=b,=d"})
      CHECK(test::refusal([&] { labels(wrong); }).find("write key=value,key=value") !=
            std::string::npos);
    unsetenv("ASSAY_NODE_LABELS");
    Result result;
    record_machine(result, Backend::host, devices);
    CHECK(result.nodes.front().labels.empty());
  }
}

}  // namespace assay::run
