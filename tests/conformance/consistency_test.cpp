// Figures that contradict each other are refused, with the field and both values.
#include "harness/core/consistency.h"

#include <doctest/doctest.h>

#include <functional>

#include "harness/core/document.h"
#include "harness/core/embedded.h"
#include "harness/core/switch_gain.h"
#include "tests/conformance/passing_result.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

constexpr std::size_t kLong = 4;  // a series of 600 samples, of which 256 values are kept

struct Edit {
  const char* what;
  std::function<void(Result&)> make;
  std::string refused;  // a part of the message; empty: accepted
};

void check_edits(const Result& sound, const std::vector<Edit>& edits) {
  REQUIRE(contradiction_in(sound) == "");
  for (const Edit& edit : edits) {
    CAPTURE(std::string(edit.what));
    Result result = sound;
    edit.make(result);
    const std::string message = contradiction_in(result);
    CAPTURE(message);
    if (edit.refused.empty()) {
      CHECK(message == "");
      continue;
    }
    CHECK(message.find(edit.refused) != std::string::npos);
    CHECK(message.starts_with("node.json: /"));
    CHECK(message.ends_with("; the document contradicts itself"));
    CHECK(message.find('\n') == std::string::npos);
  }
}

Result sound_node() { return written_gpu_result(load_profile("node"), 2); }

Samples& samples_at(Result& result, std::size_t at = 0) { return *result.measurements[at].samples; }
std::map<std::string, double>& metrics_at(Result& result, std::size_t at = 0) {
  return result.measurements[at].metrics;
}
SpeedOfLight& light_of(Result& result) { return result.nodes[0].devices[0].speed_of_light; }

/// The same ranks in two rounds of pairs.
Result four_ranks_in_pairs() {
  Result result = written_four_ranks();
  const std::vector<std::string> nodes = {"a", "b", "c", "d"}, racks = {"r1", "r1", "r2", ""};
  result.fabric = FabricFacts{nodes, racks};
  result.isolation = IsolationFacts{1, nodes, racks, {}};
  const std::vector<std::pair<std::size_t, std::size_t>> pairs = {{0, 1}, {2, 3}, {0, 2}, {1, 3}};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string &a = nodes[pairs[i].first], &b = nodes[pairs[i].second];
    Measurement one = result.measurements.front();
    one.id = CaseId::parse("pair.f32.gloo/bytes1000000_ranks2");
    one.group = one.id.group();
    one.scope = {"cluster", {a, b}};
    one.ranks.clear();
    one.metrics = {{"bytes_per_s", 5e8}, {"fastest_bytes_per_s", 5e8}};
    one.speed_of_light_fraction.reset();
    one.transport.emplace().kind = "tcp";
    one.transport->members = {{a, "tcp"}, {b, "tcp"}};
    one.pair = PairFacts{static_cast<int>(i / 2), 0};
    result.links.push_back({a, b, "tcp", result.measurements.size()});
    result.measurements.push_back(std::move(one));
  }
  return result;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a document that a GPU wrote agrees with itself") {
    for (const EmbeddedFile& file : embedded_folder("reference")) {
      CAPTURE(std::string(file.name));
      const Json document = parse_json(file.text, std::string(file.name));
      CHECK(contradiction_in(result_from_json(document)) == "");
    }
  }

  TEST_CASE("order statistics are those of the values") {
    check_edits(
        sound_node(),
        {{"the median", [](Result& r) { samples_at(r).median_s *= 1.0001; }, "samples/median_s is"},
         {"rounding", [](Result& r) { samples_at(r).median_s *= 1 + 1e-8; }, ""},
         {"p5", [](Result& r) { samples_at(r).p5_s *= 0.999; }, "samples/p5_s is"},
         {"the interval's low end", [](Result& r) { samples_at(r).ci_low_s *= 0.999; },
          "ci_low_s is"},
         {"the interval's high end", [](Result& r) { samples_at(r).ci_high_s *= 1.001; },
          "ci_high_s is"},
         {"the interval's level", [](Result& r) { samples_at(r).ci_level = 0.99; }, "ci_level is"},
         {"a p95 of few", [](Result& r) { samples_at(r).p95_s = samples_at(r).median_s; },
          "p95_s is"},
         {"a p99 of few", [](Result& r) { samples_at(r).p99_s = samples_at(r).median_s; },
          "p99_s is"},
         {"a value",
          [](Result& r) {
            for (double& v : samples_at(r).values_s) v *= 2;
          },
          "samples/median_s is"},
         {"the count", [](Result& r) { ++samples_at(r).count; },
          "samples/count is 41, but values_s"},
         {"discards without a reason", [](Result& r) { samples_at(r).discarded = 1; },
          "samples/discarded is 1, but discard_reasons add up to 0"}});
  }

  TEST_CASE("a long series is held to the values that were kept of it") {
    check_edits(
        sound_node(),
        {{"the median", [](Result& r) { samples_at(r, kLong).median_s *= 1.002; }, "median_s is"},
         {"p5", [](Result& r) { samples_at(r, kLong).p5_s = samples_at(r, kLong).median_s; },
          "p5_s is"},
         {"p95", [](Result& r) { samples_at(r, kLong).p95_s = samples_at(r, kLong).median_s; },
          "p95_s is"},
         {"no p95", [](Result& r) { samples_at(r, kLong).p95_s.reset(); }, "p95_s is absent"},
         {"no p99", [](Result& r) { samples_at(r, kLong).p99_s.reset(); }, "p99_s is absent"},
         {"p99 below p95",
          [](Result& r) { samples_at(r, kLong).p99_s = samples_at(r, kLong).median_s; },
          "p99_s is"},
         {"the level", [](Result& r) { samples_at(r, kLong).ci_level = 0.9; }, "ci_level is 0.9"},
         {"a level near it", [](Result& r) { samples_at(r, kLong).ci_level *= 1.001; },
          "count gives 0.95"},
         {"a pass out of order", [](Result& r) { samples_at(r, kLong).pass[100] = 0; },
          "pass/100 is 0, but pass 1 stands before it"},
         {"another count", [](Result& r) { samples_at(r, kLong).count = 255; }, "samples/count is"},
         {"a value less", [](Result& r) { samples_at(r, kLong).values_s.pop_back(); },
          "values_s has 255 values of the 256"}});
  }

  TEST_CASE("rates follow from shape and median and fractions from the device") {
    check_edits(
        sound_node(),
        {{"FLOP", [](Result& r) { metrics_at(r)["flop"] *= 2; }, "metrics/flop is"},
         {"a rate", [](Result& r) { metrics_at(r)["flop_per_s"] *= 1.01; },
          "metrics/flop_per_s is"},
         {"no rate", [](Result& r) { metrics_at(r).erase("flop_per_s"); }, "flop_per_s is absent"},
         {"bytes", [](Result& r) { metrics_at(r)["bytes_per_s"] *= 1.01; },
          "metrics/bytes_per_s is"},
         {"the fraction", [](Result& r) { *r.measurements[0].speed_of_light_fraction *= 1.01; },
          "/speed_of_light_fraction is"},
         {"no fraction", [](Result& r) { r.measurements[0].speed_of_light_fraction.reset(); },
          "/speed_of_light_fraction is absent"},
         {"the bound",
          [](Result& r) { r.measurements[0].extensions["speed_of_light_bound"] = "memory"; },
          "speed_of_light_bound is"},
         {"a peak", [](Result& r) { light_of(r).flop_per_s["bf16"] *= 1.1; },
          "speed_of_light/flop_per_s/bf16 is"},
         {"memory", [](Result& r) { *light_of(r).memory_bytes_per_s *= 0.9; },
          "memory_bytes_per_s is"},
         {"multiprocessors", [](Result& r) { *r.nodes[0].devices[0].multiprocessors -= 4; },
          "flop_per_s/bf16 is"},
         {"the part", [](Result& r) { r.nodes[0].devices[0].sku = "H100-SXM5-80GB"; }, "/sku is"},
         {"the width of PCIe",
          [](Result& r) {
            r.nodes[0].devices[0].pcie->width = r.nodes[0].devices[0].pcie->width_max = 8;
          },
          "pcie_bytes_per_s is"},
         {"a peak by other tables",
          [](Result& r) {
            r.run.tables = "gpu-other";
            light_of(r).flop_per_s["fp8_e4m3"] *= 1.1;  // no case here is of it
          },
          ""}});
  }

  TEST_CASE("the bytes of arrays follow from their shape") {
    Result sound = sound_node();
    const auto changed = [](std::string_view workload, auto change) {
      return [=](Result& result) {
        for (std::size_t at = 0; at < result.measurements.size(); ++at) {
          Measurement& one = result.measurements[at];
          if (!one.id.workload.starts_with(workload) || !one.samples) continue;
          return change(one, metrics_at(result, at));
        }
        FAIL("no such case");
      };
    };
    const auto scale = [](auto& metrics, double factor) {
      metrics["moved_bytes"] *= factor;
      metrics["bytes_per_s"] *= factor;
    };
    const auto moved = [=](double factor, const char* implementation = "") {
      return changed("gemm", [=](Measurement& one, auto& metrics) {
        scale(metrics, factor);
        if (*implementation != '\0') one.id.implementation = implementation;
      });
    };
    // Of eight groups as many have no rows as one can have rows, whatever the document says.
    const auto grouped = [=](double factor) {
      return changed("gemm", [=](Measurement& one, auto& metrics) {
        const std::string shape = one.id.shape.str();
        one.id.shape.add("g", 8);
        one.group.replace(one.group.find(shape), shape.size(), one.id.shape.str());
        scale(metrics, factor);
      });
    };
    const auto attended = [=](double factor) {
      return changed("attention", [=](Measurement&, auto& metrics) { scale(metrics, factor); });
    };
    check_edits(sound, {{"twice the bytes", moved(2), "what the shape moves"},
                        {"half of the bytes", moved(0.5), "what the shape moves"},
                        {"one percent more", moved(1.01), "what the shape moves"},
                        {"the result read too", moved(1.3, "cublaslt_alpha_beta"), ""},
                        {"more than that", moved(2.1, "cublaslt_alpha_beta"), "the shape moves"},
                        {"the host", moved(2, "openblas"), ""},
                        {"more than the host", moved(2.1, "openblas"), "what the shape moves"},
                        {"one group with all rows", grouped(1), ""},
                        {"less than one group", grouped(0.99), "what the shape moves"},
                        {"eight groups and more", grouped(8), "what the shape moves"}});
    Result attention = written_gpu_result(load_profile("training"), 1);
    std::erase_if(attention.measurements,
                  [](const Measurement& one) { return !one.id.workload.starts_with("attention"); });
    check_edits(attention, {{"attention", attended(1.01), "metrics/moved_bytes is"}});
  }

  TEST_CASE("answers and inputs and names and times hold together") {
    const auto verification = [](Result& r) -> Verification& {
      return *r.measurements[0].verification;
    };
    check_edits(
        sound_node(),
        {{"an error above its tolerance", [&](Result& r) { verification(r).error = 0.51; },
          "verification/error is 0.51, but the tolerance is 0.5"},
         {"an error at its tolerance", [&](Result& r) { verification(r).error = 0.5; }, ""},
         {"no error", [&](Result& r) { verification(r).error.reset(); }, "error is absent"},
         {"an exact answer with an error",
          [&](Result& r) { verification(r).status = Verification::Status::exact; },
          "an exact answer has none"},
         {"another seed", [](Result& r) { r.measurements[0].input_seed = 2; }, "inputs/seed is 2"},
         {"zeros", [](Result& r) { r.measurements[1].input_pattern = "zeros"; },
          "inputs/pattern is \"zeros\""},
         {"a group of another dtype",
          [](Result& r) { r.measurements[0].group = "gemm.f16/m1024_n1024_k1024"; }, "/group is"},
         {"a group of a shape that begins alike",
          [](Result& r) { r.measurements[0].group = "gemm.f32/m1024_n1024_k10240"; }, "/group is"},
         {"an end before the beginning",
          [](Result& r) { r.run.finished = "2026-11-01T00:09:59.000Z"; },
          "/run/finished is 2026-11-01T00:09:59.000Z, but the run began at"},
         {"a start before the run", [](Result& r) { r.run.started = "2026-11-01T00:10:01.000Z"; },
          "/started is"},
         {"a start after the run", [](Result& r) { r.measurements[0].started[12] = '3'; },
          "but the run ended at"},
         {"a scope of one device with two",
          [](Result& r) { r.measurements[0].scope.members.push_back("GPU-node-a-1"); },
          "scope/level is device, but it has 2 members"},
         {"a member twice",
          [](Result& r) {
            r.measurements.back().scope = {"node", {"GPU-node-a-1", "GPU-node-a-1"}};
          },
          "scope/members/1 is \"GPU-node-a-1\""},
         {"a device twice",
          [](Result& r) { r.nodes[0].devices[1].uuid = r.nodes[0].devices[0].uuid; },
          "devices/1/uuid is"},
         {"an index twice", [](Result& r) { r.nodes[0].devices[1].index = 0; },
          "devices/1/index is 0"},
         {"a rank beyond the world", [](Result& r) { r.run.rank = 1; }, "/run/rank is 1"}});
  }

  TEST_CASE("what ranks measured together holds together") {
    const auto of = [](Result& r) -> Measurement& { return r.measurements[1]; };
    check_edits(
        written_four_ranks(),
        {{"the rate", [&](Result& r) { of(r).metrics["bytes_per_s"] *= 1.01; }, "bytes_per_s is"},
         {"a rate that the schema has no number for",
          [&](Result& r) {
            of(r).metrics.erase("bytes_per_s");
            of(r).metrics.erase("bus_bandwidth_bytes_per_s");
          },
          ""},
         {"bus bandwidth", [&](Result& r) { of(r).metrics["bus_bandwidth_bytes_per_s"] = 5e8; },
          "bus_bandwidth_bytes_per_s is 5e+08"},
         {"the spread of ranks", [&](Result& r) { of(r).metrics["rank_spread"] = 0.1; },
          "rank_spread is 0.1"},
         {"a rank slower than the slowest", [&](Result& r) { of(r).ranks[3].median_s = 2.1e-3; },
          "ranks/3/median_s is 0.0021"},
         {"a first rank slower than the slowest",
          [&](Result& r) { of(r).ranks[0].median_s = 2.1e-3; }, "ranks/0/median_s is 0.0021"},
         {"a rank as slow as the slowest and a rounding",
          [&](Result& r) {
            of(r).ranks[1].median_s = 2e-3 * (1 + 1e-6);
            of(r).metrics["rank_spread"] = (2e-3 * (1 + 1e-6) - 1e-3) / 1.35e-3;
          },
          ""},
         {"a first rank's number", [&](Result& r) { of(r).ranks[0].rank = 1; },
          "ranks/0/rank is 1"},
         {"a rank's number", [&](Result& r) { of(r).ranks[3].rank = 2; }, "ranks/3/rank is 2"},
         {"a rank less",
          [&](Result& r) {
            of(r).ranks.pop_back();
            of(r).metrics.erase("rank_spread");
          },
          "but the case is of 4 ranks"},
         {"the fraction of one scope", [&](Result& r) { of(r).speed_of_light_fraction = 0.6; },
          "speed_of_light_fraction is 0.6"},
         {"the fraction of what the switches allow beside one of the links alone",
          [&](Result& r) {
            of(r).speed_of_light_fraction = 0.5 / switch_gain("all_reduce", 4);
            of(r).extensions["speed_of_light_bound"] = "nvlink_switches";
          },
          ""},
         {"a fraction of the links alone that is called one of the switches",
          [&](Result& r) { of(r).extensions["speed_of_light_bound"] = "nvlink_switches"; },
          "speed_of_light_fraction is 0.5"},
         {"a link to another measurement",
          [&](Result& r) {
            r.links = {{"a", "b", "tcp", 0}};
          },
          "/links/0/measurement is 0"}});
  }

  TEST_CASE("the rounds of pairs follow from the run and its fabric") {
    const auto iso = [](Result& r) -> IsolationFacts& { return *r.isolation; };
    const auto pair = [](Result& r, std::size_t at) -> Measurement& {
      return r.measurements.at(r.links.at(at).measurement);
    };
    check_edits(
        four_ranks_in_pairs(),
        {{"the seed", [&](Result& r) { iso(r).seed = 2; }, "isolation/seed is 2, but the run's"},
         {"a rank", [&](Result& r) { iso(r).nodes[1] = "e"; }, "the fabric has no such node"},
         {"a rank of a node", [&](Result& r) { iso(r).nodes[1] = "b/rank0"; }, ""},
         {"one twice", [&](Result& r) { iso(r).nodes[1] = "a"; }, "it has no rank of"},
         {"a rack", [&](Result& r) { iso(r).racks[1] = "r2"; }, "isolation/racks/1 is"},
         {"a node", [](Result& r) { r.fabric->nodes[2] = "e"; }, "the fabric has no such node"},
         {"a later round", [&](Result& r) { pair(r, 3).pair->round = 2; }, ""},  // the replay sees
         {"a round too far", [&](Result& r) { pair(r, 3).pair->round = 3; }, "after round 1"},
         {"an earlier round", [&](Result& r) { pair(r, 2).pair->round = 0; },
          "is in another pair of round 0"},
         {"no first round",
          [&](Result& r) {
            for (std::size_t i = 0; i < 4; ++i) ++pair(r, i).pair->round;
          },
          "its round is 1, after round -1"},
         {"a member's transport", [&](Result& r) { pair(r, 0).transport->members[0].kind = "ib"; },
          "its members give ib+tcp"},
         {"a member", [&](Result& r) { pair(r, 0).transport->members[0].name = "e"; },
          "the scope has no such member"}});
  }
}

}  // namespace assay::test
