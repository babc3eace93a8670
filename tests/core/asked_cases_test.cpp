// What a profile asks of one device, of several, of ranks, and what of it is refused.
#include "harness/core/asked_cases.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/error.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

ProfileCases line(const std::string& workload, const char* shape,
                  std::vector<std::string> implementations = {"one"}) {
  return {workload, "cuda", {"f32"}, std::move(implementations), {Shape::parse(shape)}, {}};
}

Profile profile_of(const std::vector<ProfileCases>& cases) {
  Profile profile;
  profile.name = "asked";
  profile.backends = {"cuda", "host"};
  profile.cases = cases;
  return profile;
}

std::vector<std::string> ids(const std::vector<AskedGroup>& groups) {
  std::vector<std::string> ids;
  for (const AskedGroup& group : groups)
    for (const std::string& name : group.implementations) ids.push_back(group.id(name).str());
  return ids;
}

std::vector<std::string> ids(const std::vector<ProfileCases>& cases, const AskedWorld& world) {
  return ids(asked_cases(profile_of(cases), world));
}

template <class Action>
void check_refused(const Action& action, const std::vector<std::string>& words) {
  const std::string message = test::refusal(action);
  CAPTURE(message);
  for (const std::string& word : words) CHECK(message.find(word) != std::string::npos);
}

const std::vector<Implemented> kHere = {{"gemm", "f32", "cuda", "one"},
                                        {"gemm", "f32", "cuda", "two"},
                                        {"gemm", "f32", "cuda", "rare", true},
                                        {"all_reduce", "f32", "cuda", "nccl"}};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a profile is for the backends that it names") {
    Profile profile = profile_of({});
    profile.backends = {"host"};
    CHECK(is_for(profile, "host"));
    CHECK_FALSE(is_for(profile, "cuda"));
  }

  TEST_CASE("a line's own sampling replaces the profile's and of two lines the stricter holds") {
    ProfileCases quick = line("gemm", "m8_n8_k8"), slow = line("gemm", "m8_n8_k8", {"two"});
    quick.sampling = SamplingRule{10, 0.1, 1, 0.05};
    slow.sampling = SamplingRule{500, 0.05, 4, 0.1};
    Profile profile = profile_of({quick, line("gemm", "m9_n8_k8")});
    profile.sampling = {20, 1, 2, 0.01};
    const auto groups = asked_cases(profile, {"cuda"});
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].sampling.max_time_s == 1);
    CHECK(groups[1].sampling.max_time_s == 2);
    const auto merged = asked_cases(profile_of({quick, slow}), {"cuda"});
    REQUIRE(merged.size() == 1);
    CHECK(merged[0].sampling.min_samples == 500);
    CHECK(merged[0].sampling.min_time_s == 0.1);
    CHECK(merged[0].sampling.max_time_s == 4);
    CHECK(merged[0].sampling.rel_stdev == 0.05);
  }

  TEST_CASE("a line is asked of no device below its compute capability") {
    ProfileCases newer = line("gemm", "m8_n8_k8");
    newer.min_compute_capability = "8.9";
    const auto asked = [&](const std::string& has) {
      return ids({newer}, {"cuda", 1, {1}, has}).size();
    };
    CHECK(asked("8.0") == 0);
    CHECK(asked("8.9") == 1);
    CHECK(asked("9.0") == 1);
    CHECK(asked("10.0") == 1);
    CHECK(asked("") == 1);  // not known: what is there is measured
    DeviceFacts old, recent;
    old.compute_capability = "8.0";
    recent.compute_capability = "10.0";
    CHECK(least_compute_capability({recent, old}) == "8.0");
    CHECK(least_compute_capability({recent, DeviceFacts()}).empty());
  }

  TEST_CASE("a line for some architectures is asked of no other device") {
    ProfileCases hopper = line("gemm", "m8_n8_k8");
    hopper.compute_capabilities = {"9.0", "12.0"};
    const auto asked = [&](const std::string& has) {
      return ids({hopper}, {"cuda", 1, {1}, has}).size();
    };
    CHECK(asked("8.9") == 0);
    CHECK(asked("9.0") == 1);
    CHECK(asked("10.0") == 0);
    CHECK(asked("12.0") == 1);
    CHECK(asked("") == 1);  // not known: what is there is measured
  }

  TEST_CASE("lines that name one group are merged and each implementation is there once") {
    const auto groups =
        asked_cases(profile_of({line("gemm", "m8_n8_k8", {"one", "two"}), line("gemm", "m9_n8_k8"),
                                line("gemm", "m8_n8_k8", {"two", "three"})}),
                    {"cuda"});
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].implementations == std::vector<std::string>{"one", "two", "three"});
    CHECK(groups[0].name() == "gemm.f32/m8_n8_k8");
  }

  TEST_CASE("series and scopes are groups of their own") {
    ProfileCases twice = line("gemm", "m8_n8_k8");
    twice.series = {Series::cold, Series::hot};
    ProfileCases at_once = line("gemm", "m8_n8_k8");
    at_once.scope = "node";
    const auto groups = asked_cases(profile_of({twice, at_once}), {"cuda", 2});
    REQUIRE(groups.size() == 3);
    CHECK(groups[1].name() == "gemm.f32/m8_n8_k8 (hot)");
    CHECK(groups[2].name() == "gemm.f32/m8_n8_k8 on all devices at once");
    CHECK(groups[2].reach == Reach::devices_at_once);
  }

  TEST_CASE("one device is asked nothing at once and nothing between devices") {
    ProfileCases at_once = line("gemm", "m8_n8_k8");
    at_once.scope = "node";
    const std::vector<ProfileCases> cases = {at_once, line("device_to_device", "bytes64")};
    CHECK(ids(cases, {"cuda", 1}).empty());
    CHECK(ids(cases, {"cuda", 8}).size() == 2);
    CHECK(ids(cases, {"host", 8}).empty());
  }

  TEST_CASE("collectives are asked of every size of a group of ranks and pairs of two ranks") {
    const std::vector<ProfileCases> cases = {line("all_reduce", "bytes64", {"nccl"}),
                                             line("pair", "bytes64", {"nccl"})};
    CHECK(ids(cases, {"cuda", 4, {8, 4}}) ==
          std::vector<std::string>{"all_reduce.f32.nccl/bytes64_ranks8",
                                   "all_reduce.f32.nccl/bytes64_ranks4",
                                   "pair.f32.nccl/bytes64_ranks2"});
    CHECK(ids(cases, {"cuda", 1, {1}}).empty());
    CHECK(ids(cases, {"cuda", 1, {kAnyRanks}}) ==
          std::vector<std::string>{"all_reduce.f32.nccl/bytes64", "pair.f32.nccl/bytes64"});
  }

  TEST_CASE("a line without implementations takes all that are here but variants on request") {
    const Profile profile = profile_of({line("gemm", "m8_n8_k8", {})});
    CHECK(asked_cases(profile, {"cuda"}, kHere).front().implementations ==
          std::vector<std::string>{"one", "two"});
    CHECK(asked_cases(profile, {"cuda"}).front().implementations.empty());
  }

  TEST_CASE("the filter of a run leaves the cases whose id has a match") {
    const Profile profile =
        profile_of({line("gemm", "m8_n8_k8", {}), line("gemm", "m9_n8_k8", {"rare"})});
    const auto asked = [&](const std::string& filter) {
      return ids(asked_of_run(profile, {"cuda"}, kHere, filter));
    };
    CHECK(asked("two") == std::vector<std::string>{"gemm.f32.two/m8_n8_k8"});
    CHECK(asked("").size() == 3);
    check_refused([&] { asked("three"); }, {"--filter 'three'", "matches no case"});
    check_refused([&] { asked("["); }, {"--filter", "not a regular expression"});
  }

  TEST_CASE("a run that has nothing of what the profile asks says what it lacks") {
    const auto run = [](const std::vector<ProfileCases>& cases, const char* backend) {
      asked_of_run(profile_of(cases), {backend}, {}, "");
    };
    check_refused([&] { run({line("gemm", "m8")}, "host"); }, {"no case for host"});
    check_refused([&] { run({line("all_reduce", "bytes64")}, "cuda"); },
                  {"between ranks", "--rendezvous", "two GPUs or more"});
    check_refused([&] { run({line("device_to_device", "bytes64")}, "cuda"); },
                  {"between devices", "there is one"});
  }

  TEST_CASE("what no executable could measure is refused with the line of the profile") {
    const auto refused = [](const ProfileCases& second, const std::vector<std::string>& words) {
      const Profile profile = profile_of({line("gemm", "m8_n8_k8"), second});
      std::vector<std::string> all = {"asked", "/cases/1"};
      all.insert(all.end(), words.begin(), words.end());
      check_refused([&] { refuse_unknown_cases(profile, kHere); }, all);
    };
    refused(line("gemm", "m8_n8_k8", {"four"}), {"no implementation \"four\"", "one, two, rare"});
    refused(line("gemmm", "m8_n8_k8"), {"nothing here implements gemmm in f32 on cuda"});
    ProfileCases wide = line("gemm", "m8_n8_k8");
    wide.dtypes = {"bf16"};
    refused(wide, {"nothing here implements gemm in bf16 on cuda"});
    refused(line("gemm", "m8_n8_k8", {"nccl"}), {"no implementation \"nccl\"", "one, two, rare"});
    refused(line("all_reduce", "bytes6", {"nccl"}), {"bytes6", "multiple of 4"});
    refused(line("all_reduce", "bytes8_ranks2", {"nccl"}), {"bytes alone", "those that run"});
    refused(line("device_to_device", "bytes24"), {"bytes24", "multiple of 16"});
    refused(line("memory_read", "bytes0"), {"bytes0", "multiple of 4"});
    refused(line("gemm", "m8_n8"), {"gemm has no shape m8_n8", "results-schema/README.md"});
    refused(line("gemm", "m8_n0_k8"), {"no shape m8_n0_k8"});
    refused(line("gemm", "m8_n8_k8_b0"), {"no shape m8_n8_k8_b0"});
    refused(line("attention_forward", "m8_n8_k8"), {"attention_forward has no shape m8_n8_k8"});
    ProfileCases graphs = line("memory_read", "bytes64");
    graphs.series = {Series::cold, Series::graph};
    refused(graphs, {"memory_read has no series graph"});
  }

  TEST_CASE("a backend that the executable has nothing of is not held to its names") {
    refuse_unknown_cases(profile_of({line("gemm", "m8_n8_k8", {"four"})}),
                         {{"gemm", "f32", "host", "one"}});
  }

  TEST_CASE("pairs of two sizes or dtypes on one backend are refused") {
    struct Row {
      std::vector<std::string> dtypes;
      std::vector<const char*> shapes;
      const char* second_on;  // a second line of one size and dtype
      bool is_refused;
    };
    for (const Row& row :
         {Row{{"f32"}, {"bytes64"}, "", false}, Row{{"f32"}, {"bytes64", "bytes128"}, "", true},
          Row{{"f32", "f16"}, {"bytes64"}, "", true},
          Row{{"f32", "f16"}, {"bytes64", "bytes128"}, "", true},
          Row{{"f32"}, {"bytes64"}, "cuda", true}, Row{{"f32"}, {"bytes64"}, "host", false}}) {
      ProfileCases pairs = line("pair", "bytes64");
      pairs.dtypes = row.dtypes;
      pairs.shapes.clear();
      for (const char* shape : row.shapes) pairs.shapes.push_back(Shape::parse(shape));
      std::vector<ProfileCases> cases = {pairs, line("gemm", "m8_n8_k8")};
      if (*row.second_on != '\0') {
        cases.push_back(line("pair", "bytes128"));
        cases.back().backend = row.second_on;
      }
      const Profile profile = profile_of(cases);
      CAPTURE(row.dtypes.size());
      CAPTURE(row.shapes.size());
      CAPTURE(row.second_on);
      const std::string said = test::refusal([&] { refuse_unknown_cases(profile, {}); });
      CHECK((said.find("pairs at two sizes or in two dtypes on cuda") != said.npos) ==
            row.is_refused);
      CHECK(said.empty() != row.is_refused);
    }
  }
}

}  // namespace assay
