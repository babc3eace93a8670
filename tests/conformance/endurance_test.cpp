// What a long series says of a device: whether it keeps its rate, and whether it was worked at all.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

Profile burn() {
  Profile profile = load_profile("burn");
  for (ProfileRequirement& one : profile.requirements) one.applies_when = Json::object();
  return profile;
}

/// Every device alone, then all at once, each as good as the other.
Result burnt(int devices) {
  const Profile profile = burn();
  Result result = passing_result(profile, "cuda", devices);
  for (Measurement& one : result.measurements) {
    one.series = Series::hot;
    one.metrics["peak_flop_per_s"] = 700e12;
    one.metrics["sustained_flop_per_s"] = 665e12;
    one.telemetry["power_w"] = {{"low", 500}, {"median", 690}, {"high", 700}};
  }
  return result;
}

RequirementVerdict judged_by(const std::string& id, const Result& result) {
  const Profile profile = burn();
  return judged(Evidence{{result}, &profile, {}}, id);
}

Measurement& of(Result& result, int device, const std::string& level) {
  for (Measurement& one : result.measurements) {
    if (one.scope.level == level && one.id.implementation == "sm90_sdc" &&
        one.scope.members[0] == result.nodes[0].devices[static_cast<std::size_t>(device)].uuid)
      return one;
  }
  throw std::logic_error("no such measurement");
}

bool names_only(const RequirementVerdict& verdict, int device) {
  return verdict.subjects.size() == 1 &&
         verdict.subjects[0].name.find("device " + std::to_string(device)) != std::string::npos;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("devices that keep their rate at the power limit pass alone and at once") {
    const Result result = burnt(4);
    for (const char* id : {"complete_run", "sustained_alone", "sustained_at_once",
                           "power_limit_alone", "power_limit_at_once"}) {
      const RequirementVerdict verdict = judged_by(id, result);
      CHECK_MESSAGE(verdict.verdict == Verdict::pass, id << ": " << verdict.reason);
    }
    CHECK(judged_by("sustained_alone", result).axis == Axis::performance);
    CHECK(judged_by("power_limit_alone", result).axis == Axis::validity);
  }

  TEST_CASE("a device that slows only while all of its node work is named there and not alone") {
    Result result = burnt(4);
    of(result, 2, "node").metrics["sustained_flop_per_s"] = 0.6 * 700e12;
    CHECK(judged_by("sustained_alone", result).verdict == Verdict::pass);
    const RequirementVerdict verdict = judged_by("sustained_at_once", result);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(names_only(verdict, 2));
    of(result, 2, "node").metrics["sustained_flop_per_s"] = 0.8 * 700e12;
    CHECK(judged_by("sustained_at_once", result).verdict == Verdict::warn);
  }

  TEST_CASE("a series too short or not measured or not of all devices is not evaluated") {
    Result result = burnt(3);
    of(result, 1, "device").metrics.erase("sustained_flop_per_s");
    CHECK(judged_by("sustained_alone", result).reason_code == "missing");
    CHECK(names_only(judged_by("sustained_alone", result), 1));

    result = burnt(3);
    std::erase_if(result.measurements, [&](const Measurement& one) {
      return one.scope.level == "node" && one.scope.members[0] == result.nodes[0].devices[1].uuid;
    });
    CHECK(names_only(judged_by("sustained_at_once", result), 1));
    CHECK(judged_by("complete_run", result).reason_code == "missing");

    result = burnt(3);
    of(result, 1, "node").status = MeasurementStatus::error;
    CHECK(judged_by("sustained_at_once", result).verdict == Verdict::not_evaluated);

    result = burnt(3);
    for (Measurement& one : result.measurements) {
      if (one.scope.level == "node") one.scope.members.pop_back();
    }
    CHECK(judged_by("sustained_at_once", result).verdict == Verdict::not_evaluated);
  }

  TEST_CASE("a rate of zero or less is none and a peak in one unit has no rate in another") {
    struct Row {
      const char* peak;
      double peak_value;
      const char* sustained;
      double sustained_value;
      const char* code;
    };
    constexpr const char* kPeak = "peak_flop_per_s";
    constexpr const char* kSustained = "sustained_flop_per_s";
    for (const Row& row : {Row{kPeak, 0, kSustained, 665e12, "missing"},
                           Row{kPeak, -1, kSustained, 665e12, "missing"},
                           Row{kPeak, 700e12, kSustained, 0, "missing"},
                           Row{kPeak, 700e12, kSustained, -1, "missing"},
                           Row{kPeak, 700e12, "sustained_bytes_per_s", 665e12, "missing"},
                           Row{"peak_bytes_per_s", 700e12, kSustained, 665e12, "missing"},
                           Row{"peak_bytes_per_s", 7, "sustained_bytes_per_s", 6.65, "met"},
                           Row{kPeak, 7, kSustained, 6.65, "met"}}) {
      CAPTURE(std::string(row.peak));
      CAPTURE(row.peak_value);
      CAPTURE(row.sustained_value);
      Result result = burnt(3);
      Measurement& one = of(result, 1, "device");
      one.metrics.erase(kPeak);
      one.metrics.erase(kSustained);
      one.metrics[row.peak] = row.peak_value;
      one.metrics[row.sustained] = row.sustained_value;
      const RequirementVerdict verdict = judged_by("sustained_alone", result);
      CHECK(verdict.reason_code == row.code);
      if (verdict.verdict != Verdict::pass) CHECK(names_only(verdict, 1));
    }
  }

  TEST_CASE("nothing is asked at once of a device that is alone") {
    Result result = burnt(1);
    std::erase_if(result.measurements,
                  [](const Measurement& one) { return one.scope.level == "node"; });
    CHECK(judged_by("complete_run", result).verdict == Verdict::pass);
    CHECK(judged_by("sustained_at_once", result).reason_code == "missing");
    const Profile profile = load_profile("burn");
    CHECK(judged(Evidence{{result}, &profile, {}}, "sustained_at_once").reason_code ==
          "not_applicable");
  }

  TEST_CASE("a device that did not draw its power limit is a warning unless it was capped") {
    Result result = burnt(2);
    for (Measurement& one : result.measurements) {
      if (one.scope.members[0] == result.nodes[0].devices[1].uuid)
        one.telemetry["power_w"]["median"] = 400;
    }
    const RequirementVerdict verdict = judged_by("power_limit_alone", result);
    CHECK(verdict.verdict == Verdict::warn);
    CHECK(names_only(verdict, 1));
    for (Measurement& one : result.measurements)
      one.telemetry["clock_event_fractions"]["sw_power_cap"] = 0.7;
    CHECK(judged_by("power_limit_alone", result).verdict == Verdict::pass);
    for (Measurement& one : result.measurements) one.telemetry.erase("power_w");
    CHECK(judged_by("power_limit_alone", result).reason_code == "missing");
  }
}

}  // namespace assay::test
