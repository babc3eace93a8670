// Rank facts: the order of their sources, and what is said when two of them disagree.
#include "collectives/rendezvous/rank_facts.h"

#include <doctest/doctest.h>

#include <map>

#include "harness/core/error.h"

using namespace assay::rendezvous;

namespace {

RankFacts from(const RankFlags& flags, std::map<std::string, std::string> environment) {
  return rank_facts(flags, [&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a process that nobody launched is alone") {
    const RankFacts facts = from({}, {});
    CHECK(facts.rank == 0);
    CHECK(facts.world_size == 1);
    CHECK(facts.rendezvous.host.empty());
  }

  TEST_CASE("flags give rank and world size and address") {
    const RankFacts facts = from({2, 4, "node-0:29400"}, {});
    CHECK(facts.rank == 2);
    CHECK(facts.world_size == 4);
    CHECK(facts.rendezvous.host == "node-0");
    CHECK(facts.rendezvous.port == 29400);
  }

  TEST_CASE("every launcher is understood") {
    CHECK(from({}, {{"ASSAY_RANK", "1"}, {"ASSAY_WORLD_SIZE", "2"}, {"ASSAY_RENDEZVOUS", "a:1"}})
              .source == "ASSAY_RANK");
    const RankFacts torchrun = from(
        {}, {{"RANK", "3"}, {"WORLD_SIZE", "8"}, {"MASTER_ADDR", "m"}, {"MASTER_PORT", "29500"}});
    CHECK(torchrun.rank == 3);
    CHECK(torchrun.rendezvous.host == "m");
    CHECK(torchrun.rendezvous.port == 29500);
    CHECK(from({{}, 4, "a:1"}, {{"JOB_COMPLETION_INDEX", "3"}}).rank == 3);
    CHECK(from({{}, {}, "a:1"}, {{"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "6"}}).world_size == 6);
    CHECK(from({{}, {}, "[::1]:7"}, {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}})
              .rendezvous.host == "::1");
  }

  TEST_CASE("a launcher alone does not say that this process is one of several") {
    const auto is_told = [](const RankFlags& flags, std::map<std::string, std::string> set) {
      return is_told_of_ranks(flags, [&](const char* name) -> const char* {
        const auto found = set.find(name);
        return found == set.end() ? nullptr : found->second.c_str();
      });
    };
    CHECK_FALSE(is_told({}, {}));
    CHECK_FALSE(is_told({}, {{"JOB_COMPLETION_INDEX", "3"}, {"RANK", "1"}, {"WORLD_SIZE", "2"}}));
    CHECK(is_told({}, {{"ASSAY_WORLD_SIZE", "2"}}));
    CHECK(is_told({}, {{"ASSAY_RANK", "0"}}));
    CHECK(is_told({}, {{"ASSAY_RENDEZVOUS", "a:1"}}));
    CHECK(is_told({0, {}, {}}, {}));
    CHECK(is_told({{}, 1, {}}, {}));
    CHECK(is_told({{}, {}, "a:1"}, {}));
  }

  TEST_CASE("two sources that agree are one") {
    CHECK(from({1, 2, "a:1"}, {{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"SLURM_PROCID", "1"}}).rank ==
          1);
  }

  TEST_CASE("an IPv6 address is the same with a launcher that writes it without brackets") {
    const RankFacts facts =
        from({1, 2, "[fd00::1]:29500"}, {{"MASTER_ADDR", "fd00::1"}, {"MASTER_PORT", "29500"}});
    CHECK(facts.rendezvous.host == "fd00::1");
    CHECK(facts.rendezvous.port == 29500);
    CHECK(from({},
               {{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "[::1]"}, {"MASTER_PORT", "7"}})
              .rendezvous.host == "::1");
  }

  TEST_CASE("an IPv4 address that is written as IPv6 is IPv4") {
    for (const char* mapped : {"[::ffff:10.0.0.1]:29500", "[::FFFF:a00:1]:29500"})
      CHECK(from({1, 2, mapped}, {}).rendezvous.host == "10.0.0.1");
    CHECK(from({1, 2, "[::fffe:10.0.0.1]:29500"}, {}).rendezvous.host == "::fffe:10.0.0.1");
  }

  TEST_CASE("two sources that disagree are both named") {
    CHECK_THROWS_WITH_AS(from({1, 2, "a:1"}, {{"RANK", "0"}}),
                         "--rank says 1 and RANK says 0: unset the one that is wrong",
                         assay::Error);
    CHECK_THROWS_WITH_AS(
        from({0, 2, "a:1"}, {{"MASTER_ADDR", "b"}, {"MASTER_PORT", "2"}}),
        "--rendezvous says a:1 and MASTER_ADDR:MASTER_PORT says b:2: unset the one that is wrong",
        assay::Error);
  }

  TEST_CASE("a fact that is missing or impossible is named") {
    const auto refused = [](const RankFlags& flags,
                            std::map<std::string, std::string> environment) {
      try {
        from(flags, std::move(environment));
      } catch (const assay::Error& error) {
        return std::string(error.what());
      }
      return std::string("accepted");
    };
    CHECK(refused({}, {{"JOB_COMPLETION_INDEX", "3"}}) ==
          "JOB_COMPLETION_INDEX gives a rank but nothing gives the world size: add --world-size");
    CHECK(refused({{}, 2, "a:1"}, {}) ==
          "--world-size gives a world size but nothing gives the rank: add --rank");
    CHECK(refused({2, 2, "a:1"}, {}) ==
          "rank 2 (--rank) does not exist in a world of 2 (--world-size)");
    CHECK(refused({0, 2, {}}, {}) ==
          "a world of 2 (--world-size) needs --rendezvous HOST:PORT of rank 0");
    CHECK(refused({0, 2, "host"}, {}) ==
          "--rendezvous is 'host': HOST:PORT is needed, e.g. node-0:29400 or [fd00::1]:29400");
    CHECK(refused({0, 2, "::1:29400"}, {}) ==
          "--rendezvous is '::1:29400': write an IPv6 address in brackets, e.g. [fd00::1]:29400");
    CHECK(refused({0, 2, "[]:29400"}, {}).find("HOST:PORT is needed") != std::string::npos);
    CHECK(refused({0, 2, "[::1]"}, {}).find("HOST:PORT is needed") != std::string::npos);
    CHECK(refused({0, 2, "h:99999"}, {}).find("HOST:PORT is needed") != std::string::npos);
    CHECK(refused({}, {{"RANK", "x"}}) == "RANK is 'x': a whole number from 0 is needed");
  }
}
