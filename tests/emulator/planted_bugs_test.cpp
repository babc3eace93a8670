// The bugs that kernels of this kind have, planted in the ladder's own source, are found.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "tests/emulator/ladder_trials.h"

namespace assay::emulator {

namespace {

/// Call number `which`, in order of the source, of an instruction.
Site site(const Trial& trial, const std::string& instruction, std::size_t which = 0) {
  std::vector<Site> sites = sites_of(trial);
  std::erase_if(sites, [&](const Site& other) { return other.instruction != instruction; });
  std::sort(sites.begin(), sites.end(), [](const Site& x, const Site& y) {
    return std::tuple(x.at.line(), x.at.column()) < std::tuple(y.at.line(), y.at.column());
  });
  REQUIRE(which < sites.size());
  return sites[which];
}

void check_found(const Trial& trial, const std::optional<Mutation>& bug) {
  constexpr std::uint64_t kSeeds = 200;
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) all.push_back(seed);
  const Found found = search(trial, all, bug);
  REQUIRE(found.failures > 0);
  MESSAGE("trial " << found.trials << ": " << found.first->text());
}

Mutation remove(const Site& at) { return {Mutation::Kind::kRemove, at, nullptr}; }
Mutation repeat(const Site& at) { return {Mutation::Kind::kRepeat, at, nullptr}; }
Mutation change(const Site& at, std::function<std::uint64_t(std::uint64_t)> how) {
  return {Mutation::Kind::kChange, at, std::move(how)};
}

constexpr const char* kTryWait = "mbarrier.try_wait.parity";
constexpr const char* kInit = "mbarrier.init";
constexpr const char* kLoad = "cp.async.bulk.tensor.shared.global";
const Trial kProduct = tile_product_trial;
const Trial kCluster = tile_product_cluster_trial;

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("a missing proxy fence is found") {
    check_found(kProduct, remove(site(kProduct, "fence.proxy.async.shared::cta")));
    check_found(transpose_trial, remove(site(transpose_trial, "fence.proxy.async.shared::cta")));
  }

  TEST_CASE("a producer that starts with the wrong parity is found") {
    check_found(kProduct, change(site(kProduct, kTryWait, 0), [](auto p) { return p ^ 1; }));
  }

  TEST_CASE("a consumer that starts with the wrong parity is found") {
    check_found(kProduct, change(site(kProduct, kTryWait, 1), [](auto p) { return p ^ 1; }));
  }

  TEST_CASE("one arrival too few is found") {
    check_found(kProduct, change(site(kProduct, kInit, 0), [](auto n) { return n + 1; }));
    check_found(kProduct, change(site(kProduct, kInit, 1), [](auto n) { return n + 1; }));
  }

  TEST_CASE("one arrival too many is found") {
    check_found(kProduct, change(site(kProduct, kInit, 1), [](auto n) { return n - 1; }));
    check_found(kProduct, repeat(site(kProduct, "mbarrier.arrive")));
    check_found(kProduct, repeat(site(kProduct, "mbarrier.arrive.expect_tx")));
  }

  TEST_CASE("an expect_tx that is short by one row is found") {
    check_found(kProduct, change(site(kProduct, "mbarrier.arrive.expect_tx"),
                                 [](auto bytes) { return bytes - 128; }));
    check_found(tma_copy_trial, change(site(tma_copy_trial, "mbarrier.arrive.expect_tx"),
                                       [](auto bytes) { return bytes - 128; }));
  }

  TEST_CASE("a stage released before its wgmma wait is found") {
    check_found(kProduct, change(site(kProduct, "wgmma.wait_group", 0),
                                 [](auto pending) { return pending + 1; }));
  }

  TEST_CASE("a stage index off by one at the wrap is found") {
    // The last of the two stages of A, 16 KiB each, becomes the first.
    const auto wrong = [](std::uint64_t address) {
      const std::uint64_t offset = address % kArenaBytes - kReservedSharedBytes;
      return offset == 16384 ? address - 16384 : address;
    };
    check_found(kProduct, Mutation{Mutation::Kind::kMove, site(kProduct, kLoad, 0), wrong});
  }

  TEST_CASE("a missing cluster sync before remote arrivals is found") {
    check_found(kCluster, remove(site(kCluster, "barrier.cluster.arrive", 0)));
  }

  TEST_CASE("a missing cluster sync before exit is found") {
    check_found(kCluster, remove(site(kCluster, "barrier.cluster.arrive", 1)));
  }

  TEST_CASE("a swizzle that differs between tensor map and descriptor is found") {
    check_found(mismatched_swizzle_trial, std::nullopt);
  }

  TEST_CASE("an epilogue that stores shared memory too early is found") {
    check_found(kProduct, remove(site(kProduct, "bar.sync", 1)));
    check_found(transpose_trial, remove(site(transpose_trial, "bar.sync 0", 1)));
  }

  TEST_CASE("a failing seed reproduces its report exactly") {
    Settings settings;
    settings.seed = 17;
    settings.mutation = change(site(kProduct, kInit, 1), [](auto n) { return n + 1; });
    const auto first = run_trial(kProduct, settings);
    const auto second = run_trial(kProduct, settings);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->text() == second->text());
    CHECK(first->text().find("[mode random, seed 17]") != std::string::npos);
  }
}

}  // namespace assay::emulator
