// 4,096 ranks on loopback: in time, and in little memory.
#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "collectives/rendezvous/server.h"
#include "tests/not_run.h"

using namespace assay::rendezvous;

namespace {

constexpr int kRanks = 4096;
constexpr int kProcesses =
    4;  // so that no process needs more files than the server has connections
constexpr int kRanksOfProcess = kRanks / kProcesses;
constexpr rlim_t kFiles = 2 * kRanks;
constexpr double kMostSeconds = 30;
constexpr long kMostKibibytes = 1 << 20;

struct Rank {
  std::uint16_t port;
  int rank;
};

void* meet(void* argument) {
  const auto& [port, rank] = *static_cast<const Rank*>(argument);
  Client me({{"127.0.0.1", port}, rank, kRanks, "token", kMostSeconds});
  me.barrier("all here");
  me.gather("facts", "rank");
  return nullptr;
}

/// A thread each; what one of them throws ends the process.
void run_ranks(int first, std::uint16_t port) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 256 << 10);
  std::vector<Rank> ranks;
  for (int rank = first; rank < first + kRanksOfProcess; ++rank) ranks.push_back({port, rank});
  std::vector<pthread_t> threads;
  for (Rank& rank : ranks) {
    pthread_t thread{};
    if (pthread_create(&thread, &small, meet, &rank) != 0) _exit(1);
    threads.push_back(thread);
  }
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}

/// Forked before there is a server, whose thread may hold locks; reads the port when there is one.
pid_t start_process(int process, int port_pipe) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  std::uint16_t port = 0;
  if (read(port_pipe, &port, sizeof port) != sizeof port) _exit(1);
  run_ranks(process * kRanksOfProcess, port);
  _exit(0);
}

long kibibytes(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("four thousand and ninety six ranks meet within 30 s and 1 GiB") {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < kFiles)
      assay::test::not_run("the hard limit on open files is under 8,192");
    files.rlim_cur = kFiles;
    setrlimit(RLIMIT_NOFILE, &files);

    int port_pipe[2];
    REQUIRE(pipe(port_pipe) == 0);
    std::vector<pid_t> processes;
    for (int i = 0; i < kProcesses; ++i) processes.push_back(start_process(i, port_pipe[0]));

    const auto begun = std::chrono::steady_clock::now();
    ServerOptions options;
    options.host = "127.0.0.1";
    options.world_size = kRanks;
    options.token = "token";
    Server server(options);
    const std::uint16_t port = server.port();
    for (int i = 0; i < kProcesses; ++i)
      REQUIRE(write(port_pipe[1], &port, sizeof port) == sizeof port);
    for (const pid_t process : processes) {
      int status = 0;
      waitpid(process, &status, 0);
      CHECK(status == 0);
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    const long memory = kibibytes(RUSAGE_SELF) + kProcesses * kibibytes(RUSAGE_CHILDREN);
    std::printf("%d ranks in %.2f s and %ld MiB\n", kRanks, seconds, memory / 1024);
    CHECK(seconds < kMostSeconds);
    CHECK(memory < kMostKibibytes);
  }
}
