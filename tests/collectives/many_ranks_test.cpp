// 4,096 ranks on loopback: in time, and in little memory.
#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "tests/not_run.h"

using namespace assay::rendezvous;

namespace {

constexpr int kRanks = 4096;
constexpr double kMostSeconds = 30;
constexpr long kMostKibibytes = 1 << 20;

void* one_rank(void* server_and_rank) {
  const auto& [server, rank] = *static_cast<std::pair<const Server*, int>*>(server_and_rank);
  Client me({{"127.0.0.1", server->port()}, rank, kRanks, "token", kMostSeconds});
  me.barrier("all here");
  me.gather("facts", "rank");
  return nullptr;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("four thousand and ninety six ranks meet within 30 s and 1 GiB") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * kRanks + 64)
      assay::test::not_run("the hard limit on open files is under 8,256");
    files.rlim_cur = 2 * kRanks + 64;
    setrlimit(RLIMIT_NOFILE, &files);

    const auto begun = std::chrono::steady_clock::now();
    ServerOptions options;
    options.host = "127.0.0.1";
    options.world_size = kRanks;
    options.token = "token";
    Server server(options);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 << 10);
    std::vector<std::pair<const Server*, int>> ranks;
    for (int rank = 0; rank < kRanks; ++rank) ranks.emplace_back(&server, rank);
    std::vector<pthread_t> threads(kRanks);
    for (int rank = 0; rank < kRanks; ++rank)
      REQUIRE(pthread_create(&threads[static_cast<std::size_t>(rank)], &small, one_rank,
                             &ranks[static_cast<std::size_t>(rank)]) == 0);
    for (const pthread_t thread : threads) pthread_join(thread, nullptr);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%d ranks in %.2f s and %ld MiB\n", kRanks, seconds, usage.ru_maxrss / 1024);
    CHECK(seconds < kMostSeconds);
    CHECK(usage.ru_maxrss < kMostKibibytes);
  }
}
