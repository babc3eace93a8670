// Requirements on what is between nodes, from documents of simulated fabrics.
#include <doctest/doctest.h>

#include "tests/conformance/fabric_run.h"

namespace assay::test {

TEST_SUITE("unit") {
  TEST_CASE("rounds of pairs that the document numbers otherwise are not believed") {
    const Result sound = fabric_result(sound_fabric());
    for (const std::size_t link :
         {std::size_t{0}, sound.links.size() / 2, sound.links.size() - 1}) {
      CAPTURE(link);
      Result edited = sound;
      ++edited.measurements[edited.links[link].measurement].pair->round;
      const int round = edited.measurements[edited.links[link].measurement].pair->round - 1;
      const RequirementVerdict verdict = judged_run(whole_run(edited), "fabric_isolation");
      CHECK(verdict.reason_code == "missing");
      if (link > 0)  // the first says from which number on the document counts
        CHECK(verdict.reason.find(fmt::format("end after round {},", round - 1)) !=
              std::string::npos);
    }
    Result unnumbered = sound;
    for (Measurement& one : unnumbered.measurements) one.pair.reset();
    CHECK(judged_run(whole_run(unnumbered), "fabric_isolation").verdict == Verdict::pass);
  }

  TEST_CASE("slow nodes and links between nodes are named from the document and no others") {
    CHECK(judged_run(whole_run(fabric_result(sound_fabric())), "fabric_isolation").verdict ==
          Verdict::pass);
    SimulatedFabric one = sound_fabric();
    one.slow_node(6, 0.6);
    const RequirementVerdict verdict =
        judged_run(whole_run(fabric_result(one)), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(subjects_of(verdict) == "node node-6");
    SimulatedFabric link = sound_fabric();
    link.slow_link(1, 4, 0.3);
    CHECK(subjects_of(judged_run(whole_run(fabric_result(link)), "fabric_isolation")) ==
          "link node-1 - node-4");
    SimulatedFabric all = sound_fabric();
    all.slow_everything(0.1);
    CHECK(judged_run(whole_run(fabric_result(all)), "fabric_isolation").verdict == Verdict::pass);
  }

  TEST_CASE("slow uplinks and NICs are named as what somebody goes and looks at") {
    const auto named = [](const SimulatedFabric& fabric) {
      return subjects_of(judged_run(whole_run(fabric_result(fabric)), "fabric_isolation"));
    };
    const SimulatedFabric racks(kNodes, 2, 2, 0.02, 3);
    CHECK(named(racks).empty());
    SimulatedFabric uplink = racks;
    uplink.slow_uplink(1, 0.3);
    CHECK(named(uplink) == "fabric uplink of rack r1");
    SimulatedFabric nic = racks;
    nic.slow_nic(5, 1, 0.3);
    CHECK(named(nic) == "device node-5/nic 1");
    SimulatedFabric first = racks;
    first.slow_nic(2, 0, 0.3);
    CHECK(named(first) == "device node-2/nic 0");
  }

  TEST_CASE("rounds of pairs that were cut short name nobody and do not pass") {
    SimulatedFabric fabric = sound_fabric();
    fabric.slow_node(2, 0.3);
    Result result = fabric_result(fabric);
    result.links.pop_back();
    const RequirementVerdict cut = judged_run(whole_run(result), "fabric_isolation");
    CHECK(cut.verdict == Verdict::not_evaluated);
    CHECK(cut.reason_code == "missing");
    Result another = fabric_result(fabric);
    std::swap(another.links[0].b, another.links[1].b);  // readings of pairs that nobody planned
    CHECK(judged_run(whole_run(another), "fabric_isolation").reason_code == "missing");
    result.links.clear();
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code == "missing");
    result.isolation.reset();
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code == "missing");
  }

  TEST_CASE("a run without its fabric document passes nothing that spans nodes") {
    std::vector<Result> documents = whole_run(fabric_result(sound_fabric()));
    documents.pop_back();
    for (const char* kind : {"complete_run", "fabric_isolation", "fabric_curve_dips",
                             "fabric_throughput_vs_baseline", "fabric_documents"}) {
      CAPTURE(kind);
      CHECK(judged_run(documents, kind).reason_code == "missing");
    }
  }

  TEST_CASE("a run without what is between its ranks is missing beside one that has it") {
    std::vector<Result> documents = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(documents, "complete_run").verdict == Verdict::pass);
    documents.push_back(passing_result(fabric_profile(), "host", 1, "node-x"));
    documents.back().measurements.clear();
    CHECK(judged_run(documents, "complete_run").verdict == Verdict::pass);
    documents.back().run.world_size = 2;
    const RequirementVerdict verdict = judged_run(documents, "complete_run");
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("run run-node-x had 2 ranks") == 0);
    CHECK(verdict.subjects.size() == 1);
  }

  TEST_CASE("what applies to nodes with several devices applies to the fabric between them") {
    Profile profile = fabric_profile();
    profile.backends = {"cuda"};
    for (ProfileCases& line : profile.cases) line.backend = "cuda";
    ProfileRequirement asked =
        requirement("transport_as_expected", {{"workload", "all_reduce"}, {"expected", "nvlink"}});
    asked.applies_when = {{"has_nvlink", true}, {"min_devices", 2}};
    profile.requirements = {asked};
    Result fabric = fabric_result(sound_fabric());
    fabric.run.backend = "cuda";
    fabric.simulated = false;
    for (Measurement& one : fabric.measurements) {
      one.transport = Transport();
      one.transport->kind = "nvlink";
    }
    Result node = passing_result(profile, "cuda", 2);
    node.measurements.clear();
    CHECK(judged(Evidence{{node, fabric}, &profile, {}}, asked.id).verdict == Verdict::pass);
    node.nodes.front().devices.pop_back();
    CHECK(judged(Evidence{{node, fabric}, &profile, {}}, asked.id).reason_code == "not_applicable");
  }

  TEST_CASE("the inventory of a run with a fabric document is that of its nodes") {
    const std::vector<Result> whole = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(whole, "inventory_device_count").verdict == Verdict::pass);
    CHECK(judged_run({whole.back()}, "inventory_device_count").reason_code == "missing");
  }

  TEST_CASE(
      "the devices of a process alone are looked at though its document is of the fabric too") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_pcie_link")};
    Result result = passing_result(profile, "cuda", 2);
    result.fabric = FabricFacts{{"node-a"}, {""}};
    const Evidence evidence{{result}, &profile, {}};
    CHECK(judged(evidence, "inventory_pcie_link").verdict == Verdict::pass);
  }

  TEST_CASE("a process alone leaves one document and names no other") {
    Result result = passing_result(fabric_profile(), "host", 1);
    CHECK(judged_run({result}, "fabric_documents").verdict == Verdict::pass);
  }

  TEST_CASE("a document that is absent or was changed is noticed by those that name it") {
    const std::vector<Result> whole = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(whole, "fabric_documents").verdict == Verdict::pass);
    CHECK(judged_run(whole, "complete_run").verdict == Verdict::pass);
    std::vector<Result> fewer(whole.begin() + 1, whole.end());
    CHECK(judged_run(fewer, "fabric_documents").reason_code == "missing");
    std::vector<Result> changed = whole;
    changed.back().measurements.front().samples->median_s *= 1.01;
    CHECK(judged_run(changed, "fabric_documents").reason_code == "missing");
  }

  TEST_CASE("a collective that the fabric document lacks is missing from a complete run") {
    Result result = fabric_result(sound_fabric());
    result.measurements.front().id = CaseId::parse("all_reduce.f32.other/bytes1024_ranks8");
    const RequirementVerdict verdict = judged_run(whole_run(result), "complete_run");
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("all_reduce.f32/bytes1024") != std::string::npos);
  }

  TEST_CASE("a size slower than a smaller one is a dip and is named") {
    Result result = fabric_result(sound_fabric());
    CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == Verdict::pass);
    slow_down(result.measurements.at(2), 1.3);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("1048576 bytes") != std::string::npos);
  }

  TEST_CASE("a dip within the intervals of both sizes is none") {
    struct Row {
      double slower, width;
      Verdict verdict;
    };
    // At the ends of intervals of 5 %, 1.3 times slower may be 1.3 / 1.05 / 1.05 = 1.18 times.
    for (const Row& row : {Row{1.3, 0.002, Verdict::fail}, Row{1.3, 0.05, Verdict::fail},
                           Row{1.3, 0.1, Verdict::pass}, Row{1.1, 0.002, Verdict::pass},
                           Row{1.12, 0.002, Verdict::fail}}) {
      CAPTURE(row.slower);
      CAPTURE(row.width);
      Result result = fabric_result(sound_fabric());
      slow_down(result.measurements.at(2), row.slower);
      for (std::size_t i = 0; i < 3; ++i) {
        Samples& samples = *result.measurements[i].samples;
        samples.ci_low_s = samples.median_s / (1 + row.width);
        samples.ci_high_s = samples.median_s * (1 + row.width);
      }
      CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == row.verdict);
    }
  }

  TEST_CASE("a size is compared with the fastest of all smaller ones") {
    Result result = fabric_result(sound_fabric());
    slow_down(result.measurements.at(1), 1.08);  // no dip: 93 % of the size before
    slow_down(result.measurements.at(2), 1.15);  // 87 % of the first and 94 % of the one before
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.figures["dips"].size() == 1);
    CHECK(verdict.figures["dips"][0]["smaller_bytes"] == 1024);
  }

  TEST_CASE("the sweeps of two racks are two curves") {
    Result result = fabric_result(sound_fabric());
    const std::vector<Measurement> sweep(result.measurements.begin(),
                                         result.measurements.begin() + 3);
    for (std::size_t i = 0; i < 3; ++i) {
      result.measurements[i].scope = {"rack", {"node-0", "node-1"}};
      Measurement other = sweep[i];
      other.scope = {"rack", {"node-2", "node-3"}};
      slow_down(other, 3);
      result.measurements.push_back(other);
    }
    CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == Verdict::pass);
    slow_down(result.measurements.back(), 1.3);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("rack of node-2") != std::string::npos);
  }

  TEST_CASE("a reading of another pair than the rounds plan ends the replay") {
    Result result = fabric_result(sound_fabric());
    std::swap(result.links.at(0).b, result.links.at(1).b);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
  }

  TEST_CASE("two ranks are one pair that nothing can be compared with") {
    Result result = fabric_result(sound_fabric());
    result.isolation->nodes.resize(2);
    result.isolation->racks.resize(2);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "not_applicable");
    CHECK(verdict.reason.find("one pair") != std::string::npos);
    result.isolation->nodes.push_back("node-2");
    result.isolation->racks.push_back("r2");
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code != "not_applicable");
  }

  TEST_CASE("the samples of ranks are held to what those of devices are held to") {
    const auto stable = [](Result fabric) {
      return judged_run(whole_run(std::move(fabric)), "stable_samples");
    };
    const Result sound = fabric_result(sound_fabric());
    CHECK(stable(sound).verdict == Verdict::pass);
    Result noisy = sound;
    noisy.measurements[1].samples->ci_high_s *= 1.1;
    CHECK(stable(noisy).reason_code == "too_noisy");
    REQUIRE(stable(noisy).subjects.size() == 1);
    CHECK(stable(noisy).subjects[0].kind == "fabric");
    Result few = sound;
    few.measurements[2].samples->count = 9;
    CHECK(stable(few).reason_code == "too_few_samples");
    Result pair = sound;  // its few exchanges are judged by their fastest
    pair.measurements.back().samples->count = 2;
    CHECK(stable(pair).verdict == Verdict::pass);
  }
}

}  // namespace assay::test
