// From a profile to groups: what each device is asked alone, and what all of them at once.
#include "harness/run/device_groups.h"

#include <doctest/doctest.h>

#include "harness/run/implemented.h"
#include "tests/kernels/small_host.h"

namespace assay::run {

namespace {

class NamedHost final : public test::SmallHost {
 public:
  explicit NamedHost(int index) {
    facts_.index = index;
    facts_.uuid = "host-" + std::to_string(index);
  }
  const DeviceFacts& facts() const override { return facts_; }

 private:
  DeviceFacts facts_;
};

std::vector<std::unique_ptr<Device>> hosts(int count) {
  std::vector<std::unique_ptr<Device>> devices;
  for (int index = 0; index < count; ++index) devices.push_back(std::make_unique<NamedHost>(index));
  return devices;
}

/// One product, on each device alone and on all at once.
std::vector<AskedGroup> alone_and_at_once(int devices) {
  Profile profile;
  profile.name = "both";
  profile.cases.assign(2, {"gemm", "host", {"f32"}, {"blocked"}, {Shape::parse("m8_n8_k8")}, {}});
  profile.cases[1].scope = "node";
  return asked_cases(profile, {"host", devices});
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("what is asked alone and at once becomes a group a device and one of all") {
    const auto devices = hosts(3);
    const auto groups = groups_for(alone_and_at_once(3), devices, 1);
    REQUIRE(groups.size() == 4);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(groups[i].together.empty());
      CHECK(groups[i].scope.level == "device");
      CHECK(groups[i].scope.members == std::vector{"host-" + std::to_string(i)});
    }
    const Group& all = groups[3];
    CHECK(cases_in_turn(all) == 1);
    REQUIRE(all.together.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      const Group& one = all.together[i];
      CHECK(one.device == devices[i].get());
      CHECK(one.members.size() == 1);
      CHECK(one.scope.level == "node");
      REQUIRE(one.scope.members.size() == 3);
      CHECK(one.scope.members[0] == "host-" + std::to_string(i));  // the one that is timed
      CHECK(one.name != groups[i].name);
    }
  }

  TEST_CASE("every built-in profile asks for what this executable has") {
    for (const std::string& name : builtin_profile_names())
      refuse_unknown_cases(load_profile(name), implemented());
  }

  TEST_CASE("a device that is alone is asked nothing at once") {
    const auto groups = groups_for(alone_and_at_once(1), hosts(1), 1);
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].together.empty());
  }
}

}  // namespace assay::run
