// From a profile to copies between devices, measured over a stand-in of their links and judged.
#include "harness/run/device_copies.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "harness/conformance/requirement.h"
#include "harness/core/error.h"
#include "harness/measure/group_run.h"
#include "tests/kernels/small_host.h"
#include "tests/measure/fakes.h"

namespace assay::run {

namespace {

constexpr std::size_t kBytes = 4096;
constexpr double kSoundS = 400e-6;  // of one copy over a sound link

/// Links between devices that take a known time; copies of one set go side by side. One direction
/// of one pair takes four times as long.
class TimedLinks final : public CopyFabric {
 public:
  TimedLinks(test::FakeClock& clock, PlannedCopy slow) : clock_(clock), slow_(slow) {}
  std::unique_ptr<Buffer> allocate(int, std::size_t bytes) override {
    return host_.allocate(bytes);
  }
  void put(int, Buffer& to, const void* from, std::size_t bytes) override {
    host_.copy_in(to, from, bytes);
  }
  void get(int, void* to, Buffer& from, std::size_t bytes) override {
    host_.copy_out(to, from, bytes);
  }
  void fork() override { longest_s_ = 0; }
  void enqueue(std::size_t, const PlannedCopy& copy, void* to, const void* from,
               std::size_t bytes) override {
    std::memcpy(to, from, bytes);
    longest_s_ = std::max(longest_s_, copy == slow_ ? 4 * kSoundS : kSoundS);
  }
  void join() override { clock_.run_for(longest_s_); }
  void finish() override {}

 private:
  test::SmallHost host_;
  test::FakeClock& clock_;
  PlannedCopy slow_;
  double longest_s_ = 0;
};

struct Node {
  Node() : owned(4) {
    for (std::size_t index = 0; index < owned.size(); ++index) {
      owned[index].device_facts.index = static_cast<int>(index);
      owned[index].device_facts.uuid = "GPU-" + std::to_string(index);
      devices.push_back(&owned[index]);
      RankPlace& place = places.emplace_back();
      place.device = owned[index].device_facts.uuid;
      place.node = "n";
      place.pcie_bytes_per_s = kBytes / kSoundS;
    }
  }
  std::vector<test::FakeDevice> owned;
  std::vector<Device*> devices;
  std::vector<RankPlace> places;
};

/// The workload for the host's backend, which is that of the stand-ins.
Profile copies_profile() {
  Profile profile;
  profile.name = "copies";
  profile.backends = {"host"};
  profile.cases.assign(
      2, {"device_to_device", "host", {"f32"}, {"copy_engine"}, {Shape::parse("bytes4096")}, {}});
  profile.cases[0].series = {Series::hot};
  profile.cases[1].workload = "host_to_device";
  return profile;
}

Result measured_with(const PlannedCopy& slow) {
  Node node;
  Result result;
  result.status = RunStatus::complete;
  result.run.backend = "host";
  result.nodes.resize(1);
  result.nodes[0].name = "n";
  for (Device* device : node.devices) result.nodes[0].devices.push_back(device->facts());
  GroupRunOptions options;
  options.sampling = {5, 0.001, 0.5, 0.5};
  options.on_group = [&](const std::vector<Measurement>& group) {
    result.measurements.insert(result.measurements.end(), group.begin(), group.end());
  };
  const auto make = [&](const std::vector<Device*>&, int timed, const PlannedCopies&) {
    return std::make_shared<TimedLinks>(node.owned.at(static_cast<std::size_t>(timed)).clock, slow);
  };
  CHECK(run_groups(
      device_copies(asked_cases(copies_profile(), {"host", 4}), node.devices, node.places, 1, make),
      options));
  return result;
}

RequirementVerdict judged(const Result& result, const char* copies) {
  Profile profile = copies_profile();
  ProfileRequirement& asked = profile.requirements.emplace_back();
  asked.id = asked.kind = "device_copies_vs_speed_of_light";
  asked.parameters = {{"copies", copies}, {"fail_below", 0.5}, {"warn_below", 0.5}};
  for (const RequirementVerdict& verdict : judge({{result}, &profile, {}}).requirements)
    if (verdict.id == asked.id) return verdict;
  throw Error("the requirement was not judged");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("devices copy to each other alone and then in disjoint pairs at once") {
    Node node;
    const auto asked = asked_cases(copies_profile(), {"host", 4});
    const std::vector<Group> groups = device_copies(asked, node.devices, node.places, 1, nullptr);
    REQUIRE(groups.size() == 12 + 6);  // ordered pairs, and three rounds there and back
    CHECK(groups.front().members.front().id.str() == "device_to_device.f32.copy_engine/bytes4096");
    CHECK(groups.front().series == Series::hot);
    CHECK(groups.front().device == node.devices[1]);
    CHECK(groups.front().scope.level == "node");
  }
}

TEST_SUITE("integration") {
  TEST_CASE("a pair whose link is slow one way fails from the copies to the verdict") {
    const Result result = measured_with({2, 1});
    CHECK(result.measurements.size() == 18);
    const RequirementVerdict alone = judged(result, "alone");
    CAPTURE(alone.reason);
    CHECK(alone.verdict == Verdict::fail);
    REQUIRE(alone.subjects.size() == 1);
    CHECK(alone.subjects[0].name == "n from device 2, GPU-2 to device 1, GPU-1");
    const RequirementVerdict at_once = judged(result, "at_once");
    CHECK(at_once.verdict == Verdict::fail);
    REQUIRE(at_once.subjects.size() == 1);
    CHECK(at_once.subjects[0].name.find("2 > 1") != std::string::npos);
  }

  TEST_CASE("sound links pass from the copies to the verdict") {
    const Result result = measured_with({0, 0});
    for (const char* copies : {"alone", "at_once"}) {
      const RequirementVerdict verdict = judged(result, copies);
      CAPTURE(verdict.reason);
      CHECK(verdict.verdict == Verdict::pass);
    }
  }
}

}  // namespace assay::run
