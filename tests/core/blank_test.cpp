// What a document says where nobody has set anything: nothing that could be taken for a figure.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "harness/core/baseline.h"
#include "harness/core/cluster_facts.h"
#include "harness/core/comparison.h"
#include "harness/core/verdict.h"

namespace assay {

namespace {

/// The numbers that are not 0 and the flags that are set, by their places.
std::map<std::string, double> figures_in(const Json& value, const std::string& place = "") {
  std::map<std::string, double> found;
  if (value.is_number() && value.get<double>() != 0) found[place] = value.get<double>();
  if (value.is_boolean() && value.get<bool>()) found[place] = 1;
  if (value.is_structured())
    for (const auto& [key, member] : value.items())
      found.merge(figures_in(member, place + "/" + key));
  return found;
}

using Figures = std::map<std::string, double>;

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a blank result holds no figure but a world of one process") {
    Result blank;
    NodeFacts& node = blank.nodes.emplace_back();
    node.devices.emplace_back().other_processes.emplace_back();
    Measurement& one = blank.measurements.emplace_back();
    one.id = CaseId::parse("gemm.bf16.sm90/m1_n1_k1");
    one.samples.emplace();
    one.ranks.emplace_back();
    one.pair.emplace();
    blank.links.emplace_back();
    blank.isolation.emplace();
    const Json document = to_json(blank);
    CHECK(document["measurements"][0]["samples"].contains("median_s"));
    CHECK(document["measurements"][0]["shape"].is_object());
    Json without_case = document;
    without_case["measurements"][0].erase("shape");
    CHECK(figures_in(without_case) == Figures{{"/run/world_size", 1}});
    CHECK(document["status"] == "running");
    CHECK(document["measurements"][0]["status"] == "error");
  }

  TEST_CASE("blank facts of a cluster hold no figure") {
    ClusterFacts blank;
    blank.gang.emplace();
    blank.gang_contention.emplace();
    blank.webhooks.emplace_back();
    blank.autoscaling.emplace();
    blank.exporter.emplace();
    Result result;
    set_cluster_facts(blank, result);
    CHECK(result.extensions["kubernetes"].contains("gang"));
    CHECK(figures_in(result.extensions) == Figures{});
  }

  TEST_CASE("a blank comparison holds its margin and its level alone") {
    Comparison blank;
    blank.means.emplace_back();
    blank.cases.emplace_back().cost.emplace();
    blank.cases.back().case_id = "c";
    CHECK(figures_in(to_json(blank)) == Figures{{"/margin", 0.01}, {"/level", 0.99}});
  }

  TEST_CASE("a blank baseline and a blank verdict hold no figure") {
    Baseline baseline;
    baseline.rows.emplace_back().id = CaseId::parse("gemm.bf16.sm90/m1_n1_k1");
    Json document = to_json(baseline);
    document["rows"][0].erase("shape");
    CHECK(figures_in(document) == Figures{});
    VerdictDocument verdict;
    verdict.requirements.emplace_back();
    CHECK(figures_in(to_json(verdict)) == Figures{});
    CHECK(verdict.verdict == Verdict::not_evaluated);
  }
}

}  // namespace assay
