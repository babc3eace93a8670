// Copies between several devices: the plan, the check of every word, names and rates. Memory is the
// host's and memcpy stands for the copy engines; the last cases need GPUs.
#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <set>

#include "collectives/copies/groups.h"
#include "harness/core/error.h"
#include "tests/not_run.h"

#ifdef ASSAY_HAVE_CUDA
#include "collectives/copies/cuda/fabric.h"
#include "harness/measure/library.h"
#endif

using namespace assay;

namespace {

class Words final : public Buffer {
 public:
  explicit Words(std::size_t bytes) : bytes_(bytes) {}
  void* data() override { return bytes_.data(); }
  std::size_t size_bytes() const override { return bytes_.size(); }

 private:
  std::vector<std::byte> bytes_;
};

using Mover = std::function<void(std::size_t lane, void* to, const void* from, std::size_t bytes)>;

void right(std::size_t, void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

class HostFabric final : public CopyFabric {
 public:
  explicit HostFabric(Mover mover) : mover_(std::move(mover)) {}
  std::unique_ptr<Buffer> allocate(int, std::size_t bytes) override {
    return std::make_unique<Words>(bytes);
  }
  void put(int, Buffer& to, const void* from, std::size_t bytes) override {
    std::memcpy(to.data(), from, bytes);
  }
  void get(int, void* to, Buffer& from, std::size_t bytes) override {
    std::memcpy(to, from.data(), bytes);
  }
  void fork() override { calls += "("; }
  void enqueue(std::size_t lane, const PlannedCopy& copy, void* to, const void* from,
               std::size_t bytes) override {
    calls += std::to_string(copy.from) + ">" + std::to_string(copy.to) + " ";
    mover_(lane, to, from, bytes);
  }
  void join() override { calls += ")"; }
  void finish() override {}

  std::string calls;

 private:
  Mover mover_;
};

const PlannedCopies kThree = {{0, 1}, {2, 3}, {5, 4}};

Verification verified(const Mover& mover) {
  return CopySet(std::make_shared<HostFabric>(mover), kThree, 4096, 0, 5).verify();
}

std::vector<RankPlace> four_places(const std::string& domain) {
  std::vector<RankPlace> places;
  for (int device = 0; device < 4; ++device) {
    RankPlace place;
    place.device = "GPU-" + std::to_string(device);
    place.node = "n";
    place.nvlink_domain = domain;
    place.nvlink_bytes_per_s = domain.empty() ? 0 : 450e9;
    place.pcie_bytes_per_s = 60e9;
    places.push_back(place);
  }
  return places;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the plan has every ordered pair alone once and every round both ways") {
    for (int devices = 0; devices <= 9; ++devices) {
      CAPTURE(devices);
      const std::vector<PlannedCopies> plan = plan_copies(devices);
      if (devices < 2) {
        CHECK(plan.empty());
        continue;
      }
      std::multiset<std::pair<int, int>> alone, at_once;
      for (const PlannedCopies& set : plan) {
        std::set<int> busy;
        for (const auto& [from, to] : set) {
          CHECK(busy.insert(from).second);  // no device twice in one set
          CHECK(busy.insert(to).second);
          (set.size() == 1 ? alone : at_once).insert({from, to});
        }
      }
      for (int from = 0; from < devices; ++from) {
        for (int to = 0; to < devices; ++to) {
          if (from == to) continue;
          CHECK(alone.count({from, to}) == 1);
          CHECK(at_once.count({from, to}) == (devices < 4 ? 0 : 1));
        }
      }
    }
  }

  TEST_CASE("copies of one set are exact and enqueued between fork and join") {
    const auto fabric = std::make_shared<HostFabric>(right);
    CopySet set(fabric, kThree, 4096, 0, 5);
    CHECK(set.verify().status == Verification::Status::exact);
    CHECK(fabric->calls == "(0>1 2>3 5>4 )");
    CHECK(set.work().moved_bytes == 3 * 4096);
  }

  TEST_CASE("a copy that is crossed or short or long or forgotten is found and named") {
    const void* first = nullptr;
    const Mover crossed = [&](std::size_t lane, void* to, const void* from, std::size_t bytes) {
      if (lane == 0) first = from;
      std::memcpy(to, lane == 1 ? first : from, bytes);
    };
    CHECK(verified(crossed).detail.starts_with("from device 2 to device 3: word 0 of 1024 is"));
    const Mover short_by_a_byte = [](std::size_t lane, void* to, const void* from,
                                     std::size_t bytes) {
      std::memcpy(to, from, lane == 2 ? bytes - 1 : bytes);
    };
    CHECK(verified(short_by_a_byte).detail.starts_with("from device 5 to device 4: word 1023 of"));
    const Mover long_by_a_word = [](std::size_t, void* to, const void* from, std::size_t bytes) {
      std::memcpy(to, from, bytes);
      std::memset(static_cast<char*>(to) + bytes, 0, 4);
    };
    CHECK(verified(long_by_a_word).detail.starts_with("from device 0 to device 1: word 1024 of"));
    const Mover none = [](std::size_t, void*, const void*, std::size_t) {};
    CHECK_FALSE(verified(none).ok());
  }

  TEST_CASE("groups have the pinned case ids and scopes that tell where from and where to") {
    const std::vector<Device*> devices(4, nullptr);
    CopyGroupOptions options;
    options.bytes = 1 << 20;
    const auto groups = copy_groups(plan_copies(4), devices, four_places("n/nvlink0"), options);
    CHECK(groups[0].members[0].id.str() == "device_to_device.f32.copy_engine/bytes1048576");
    CHECK(groups[0].scope.level == "nvlink_domain");
    CHECK(groups[0].scope.members == std::vector<std::string>{"GPU-0", "GPU-1"});
    CHECK(groups[3].scope.members == std::vector<std::string>{"GPU-1", "GPU-0"});
    std::set<std::string> names;
    for (const Group& group : groups) CHECK(names.insert(group.name).second);
    auto places = four_places("");
    places[0].pcie_root = places[1].pcie_root = "n/root0";
    const auto pcie = copy_groups(plan_copies(4), devices, places, options);
    CHECK(pcie[0].scope.level == "pcie_root");
    CHECK(pcie[1].scope.level == "node");  // from device 0 to device 2
  }

  TEST_CASE("the links' rates add up and one that is not known makes the sum unknown") {
    auto places = four_places("n/nvlink0");
    CHECK(link_bytes_per_s({{0, 1}}, places) == 450e9);
    CHECK(link_bytes_per_s({{0, 1}, {3, 2}}, places) == 900e9);
    CHECK(link_bytes_per_s({{0, 1}}, four_places("")) == 60e9);
    places[2].nvlink_bytes_per_s = 0;
    CHECK(link_bytes_per_s({{0, 1}, {3, 2}}, places) == 0);
  }
}

#ifdef ASSAY_HAVE_CUDA
namespace {

/// Verifies every set of the plan on the GPUs that are here.
void check_on_gpus(std::size_t at_least) {
  std::string reason;
  if (!Library::find("libcuda.so.1", &reason)) test::not_run(reason);
  if (choose_backend("auto") != Backend::cuda) test::not_run("there is no CUDA device");
  const auto owned = open_devices(Backend::cuda);
  if (owned.size() < at_least) test::not_run("it needs more GPUs than are here");
  std::vector<Device*> devices;
  for (const auto& device : owned) devices.push_back(device.get());
  for (const PlannedCopies& set : plan_copies(static_cast<int>(owned.size()))) {
    const int timed = std::max(set.front().from, set.front().to);
    CopySet copies(make_cuda_fabric(devices, timed, set), set, 1 << 22, 0, 3);
    const Verification verification = copies.verify();
    CHECK_MESSAGE(verification.ok(), verification.detail);
  }
}

}  // namespace

TEST_SUITE("multigpu") {
  TEST_CASE("copies between every pair of GPUs and all at once are exact") { check_on_gpus(2); }
}
#endif
