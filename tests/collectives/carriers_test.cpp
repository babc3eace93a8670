// What carried an operation is what carried it on all ranks: a fallback on one of them shows.
#include "collectives/carriers.h"

#include <doctest/doctest.h>

#include <array>
#include <thread>

#include "tests/collectives/gloo_world.h"

using namespace assay;

namespace {

const Carrier kFabric{"ring", "simple", "ib_gdr+nvlink", 16, {"mlx5_0", "mlx5_1"}, "", {}};
const Carrier kFallback{"ring",
                        "simple",
                        "nvlink+socket",
                        4,
                        {"eth0"},
                        "bw 0.1, type SYS/SYS",
                        {"P2P is disabled", "no GDR"}};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("carriers that agree are one carrier") {
    const Transport transport = transport_of({kFabric, kFabric}, {"a", "b"});
    CHECK(transport.kind == "ib_gdr+nvlink");
    CHECK(transport.algorithm == "ring");
    CHECK(transport.channels == 16);
    CHECK(transport.nics == kFabric.nics);
    CHECK(transport.members.empty());
  }

  TEST_CASE("a rank that went another way shows in the kind and by its name") {
    const Transport transport = transport_of({kFabric, kFabric, kFallback}, {"a", "b", "c"});
    CHECK(transport.kind == "ib_gdr+nvlink+socket");
    CHECK(transport.nics == std::vector<std::string>{"eth0", "mlx5_0", "mlx5_1"});
    REQUIRE(transport.members.size() == 3);
    CHECK(transport.members[0].name == "a");
    CHECK(transport.members[0].kind == "ib_gdr+nvlink");
    CHECK(transport.members[2].name == "c");
    CHECK(transport.members[2].kind == "nvlink+socket");
  }

  TEST_CASE("what one rank's library complained of is told of all of them once") {
    Carrier other = kFallback;
    other.degraded = "another";
    other.warnings = {"no GDR", "mixed versions"};
    const Transport transport = transport_of({kFabric, kFallback, other}, {"a", "b", "c"});
    CHECK(transport.degraded == "bw 0.1, type SYS/SYS");
    CHECK(transport.warnings ==
          std::vector<std::string>{"P2P is disabled", "mixed versions", "no GDR"});
    CHECK(transport_of({kFabric, kFabric}, {"a", "b"}).degraded == "");
  }

  TEST_CASE("what one rank does not know nobody knows") {
    CHECK(joined({kFabric, {}}).kind == "unknown");
    CHECK(joined({kFabric, {"ring", "ll", "unknown", 2, {}, "", {}}}).kind == "unknown");
    CHECK(joined({{}, kFabric}).algorithm == "ring");
  }
}

TEST_SUITE("integration") {
  TEST_CASE("every rank hears the carriers of all in rank order") {
    test::need_gloo();
    test::MemoryStore store;
    std::array<std::vector<Carrier>, 3> heard;
    std::array<std::thread, 3> ranks;
    for (std::size_t rank = 0; rank < 3; ++rank)
      ranks[rank] = std::thread([&, rank] {
        const auto communicator =
            open_gloo(test::gloo_options(store, static_cast<int>(rank), 3, 30));
        heard[rank] = carriers_of_all(*communicator, rank == 1 ? kFallback : kFabric);
      });
    for (std::thread& rank : ranks) rank.join();
    for (const auto& carriers : heard) {
      REQUIRE(carriers.size() == 3);
      CHECK(carriers[1].kind == kFallback.kind);
      CHECK(carriers[1].nics == kFallback.nics);
      CHECK(carriers[1].degraded == kFallback.degraded);
      CHECK(carriers[1].warnings == kFallback.warnings);
      CHECK(carriers[0].warnings.empty());
      CHECK(carriers[2].channels == 16);
    }
  }
}
