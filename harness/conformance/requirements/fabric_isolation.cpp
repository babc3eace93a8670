// Requirement: no node, NIC, link or uplink is slower than the rest of its fabric; the slow are
// named.
//
// The rounds of pairs are replayed from the document through the arithmetic that planned them: the
// same readings give the same names here as on the day.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/fabric/isolation.h"

namespace assay {

namespace {

struct ReplayFacts {
  std::vector<std::string> nodes, rack_names, nics;
  Fabric fabric;
  std::uint64_t seed = 0;
};

ReplayFacts facts_of(const IsolationFacts& isolation) {
  ReplayFacts facts{isolation.nodes, {}, isolation.nics, {}, isolation.seed};
  for (const std::string& rack : isolation.racks) {
    const auto& known = facts.rack_names;
    const auto at = std::find(known.begin(), known.end(), rack);
    facts.fabric.rack_of.push_back(static_cast<int>(at - known.begin()));
    if (at == known.end()) facts.rack_names.push_back(rack);
  }
  facts.fabric.rails = std::max(1, static_cast<int>(facts.nics.size()));
  return facts;
}

struct ReadingInRound {
  PairReading reading;
  std::optional<int> round;  // as the document numbers it
};

/// The document's readings in the order that they were taken.
std::vector<ReadingInRound> readings_of(const Result& document, const ReplayFacts& facts) {
  std::map<std::string, int> number;
  for (std::size_t i = 0; i < facts.nodes.size(); ++i) number[facts.nodes[i]] = static_cast<int>(i);
  std::vector<ReadingInRound> readings;
  for (const Link& link : document.links) {
    const auto a = number.find(link.a);
    const auto b = number.find(link.b);
    const Measurement& measurement = document.measurements.at(link.measurement);
    const auto rate = measurement.metrics.find("fastest_bytes_per_s");
    if (measurement.id.workload != "pair" || a == number.end() || b == number.end() ||
        rate == measurement.metrics.end())
      continue;
    const int rail = measurement.pair.value_or(PairFacts()).rail;
    readings.push_back({{{a->second, b->second, rail}, rate->second}, {}});
    if (measurement.pair) readings.back().round = measurement.pair->round;
  }
  return readings;
}

/// What the rounds came to; `complete` is false where the document ends before the last round.
struct Replay {
  std::vector<Culprit> culprits;
  int rounds = 0;
  bool complete = false;
};

Replay replay(const ReplayFacts& facts, const std::vector<ReadingInRound>& readings) {
  Isolation isolation(facts.fabric, facts.seed);
  std::size_t next = 0;
  const int first = readings.empty() ? 0 : readings.front().round.value_or(0);
  for (;;) {
    const std::vector<Probe> round = isolation.next_round();
    if (round.empty()) return {isolation.culprits(), isolation.rounds(), true};
    std::vector<PairReading> taken;
    for (const Probe& probe : round) {
      const int number = first + isolation.rounds() - 1;
      if (next == readings.size() || !(readings[next].reading.probe == probe) ||
          readings[next].round.value_or(number) != number)
        return {{}, isolation.rounds() - 1, false};
      taken.push_back(readings[next++].reading);
    }
    isolation.record(taken);
  }
}

/// What somebody goes and looks at: an uplink is the fabric's, and what hangs at a node says which.
Subject culprit_subject(const Culprit& culprit, const ReplayFacts& facts) {
  const auto nic = [&] { return nic_name(facts.nics, culprit.rail); };
  const auto node = [&](int number) { return facts.nodes.at(static_cast<std::size_t>(number)); };
  switch (culprit.kind) {
    case Culprit::Kind::node:
      return {"node", node(culprit.a)};
    case Culprit::Kind::nic:
      return {"device", fmt::format("{}/nic {}", node(culprit.a), nic())};
    case Culprit::Kind::link:
      return {"link", fmt::format("{} - {}", node(culprit.a), node(culprit.b)) +
                          (culprit.rail < 0 ? "" : fmt::format(" through nic {}", nic()))};
    case Culprit::Kind::rack_uplink:
      break;
  }
  return {"fabric", describe(culprit, facts.nodes, facts.rack_names, facts.nics)};
}

class FabricIsolation final : public Requirement {
 public:
  std::string kind() const override { return "fabric_isolation"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters(asked).done();
    CaseFilter pairs_alone;
    pairs_alone.requirement = asked.id;
    pairs_alone.workloads = {"pair"};
    pairs_alone.refuse_unknown(*evidence.profile, CaseFilter::Where::between_ranks);
    Findings findings;
    findings.set_figure("slow_below", IsolationRule().slow_below);
    const std::vector<const Result*> documents = fabric_documents(evidence);
    if (documents.empty()) findings.not_evaluated("missing", kNoFabric);
    std::size_t pairs = 0;
    const bool nothing_to_compare =
        !documents.empty() && std::all_of(documents.begin(), documents.end(), is_one_pair);
    if (nothing_to_compare) return one_pair();
    for (const Result* document : documents)
      if (!is_one_pair(document)) pairs += judge_document(*document, findings);
    return findings.verdict(fmt::format("{} pair readings, none slow by itself", pairs));
  }

 private:
  static bool is_one_pair(const Result* document) {
    return document->isolation && document->isolation->nodes.size() == 2;
  }

  static RequirementVerdict one_pair() {
    RequirementVerdict verdict;
    verdict.verdict = Verdict::not_evaluated;
    verdict.reason_code = "not_applicable";
    verdict.reason = "two ranks are one pair, which has nothing to be compared with";
    return verdict;
  }

  static std::size_t judge_document(const Result& document, Findings& findings) {
    if (!document.isolation) {
      findings.not_evaluated("missing", "the fabric document holds no rounds of pairs",
                             fabric_subject(document));
      return 0;
    }
    const ReplayFacts facts = facts_of(*document.isolation);
    const std::vector<ReadingInRound> readings = readings_of(document, facts);
    const Replay replayed = replay(facts, readings);
    if (!replayed.complete) {
      findings.not_evaluated(
          "missing",
          fmt::format("the rounds of pairs end after round {}, before anybody could be named",
                      replayed.rounds),
          fabric_subject(document));
      return readings.size();
    }
    findings.set_figure("rounds", replayed.rounds);
    for (const Culprit& culprit : replayed.culprits) report(culprit, facts, findings);
    if (replayed.culprits.empty()) findings.pass();
    return readings.size();
  }

  static void report(const Culprit& culprit, const ReplayFacts& facts, Findings& findings) {
    const std::string what = describe(culprit, facts.nodes, facts.rack_names, facts.nics);
    Json evidence = Json::array();
    for (const PairReading& reading : culprit.evidence)
      evidence.push_back({{"a", facts.nodes.at(static_cast<std::size_t>(reading.probe.a))},
                          {"b", facts.nodes.at(static_cast<std::size_t>(reading.probe.b))},
                          {"bytes_per_s", reading.bytes_per_s}});
    findings.figure("culprits", {{"name", what},
                                 {"fraction", culprit.fraction},
                                 {"p_value", culprit.p_value},
                                 {"evidence", evidence}});
    findings.fail(
        "slow",
        fmt::format("{} reaches {} of what is typical of this fabric, in {} readings "
                    "against partners that are sound; the chance that noise alone read so is "
                    "{:.1g}",
                    what, percent(culprit.fraction), culprit.evidence.size(), culprit.p_value),
        culprit_subject(culprit, facts));
  }
};

const RequirementEnrolment<FabricIsolation> fabric_isolation_enrolment;

}  // namespace

}  // namespace assay
