// What a verdict on a fleet costs: time for each document that does not depend on their number.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>

#include "harness/conformance/requirement.h"
#include "harness/core/profile.h"
#include "harness/simulate/model.h"

namespace assay {

namespace {

/// The same measurements on another node.
Result on_node(Result result, int number) {
  const std::string mark = fmt::format("{}-", number);
  result.run.id = mark + result.run.id;
  for (NodeFacts& node : result.nodes) {
    node.name = mark + node.name;
    for (DeviceFacts& device : node.devices) device.uuid = mark + device.uuid;
  }
  for (Measurement& measurement : result.measurements)
    for (std::string& member : measurement.scope.members) member = mark + member;
  if (result.fabric)
    for (std::string& node : result.fabric->nodes) node = mark + node;
  return result;
}

/// Of the processor, so that others on the machine do not count.
double seconds_a_document(const Profile& profile, const Result& one, int documents) {
  Evidence evidence{{}, &profile, builtin_baselines()};
  for (int i = 0; i < documents; ++i) evidence.results.push_back(on_node(one, i));
  const std::clock_t begin = std::clock();
  const VerdictDocument verdict = judge(evidence);
  CHECK(!verdict.requirements.empty());
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / documents;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("the time of a verdict grows in proportion to the number of documents") {
    const Profile profile = load_profile("training");
    SimulationModel model;
    model.gpu = gpu_model_named("h200-sxm");
    model.devices = 2;
    const Result one = simulated_node(model, profile, 0);
    const double of_few = seconds_a_document(profile, one, 50);
    const double of_many = seconds_a_document(profile, one, 1000);
    CAPTURE(of_few);
    CAPTURE(of_many);
    // Quadratic in part of the work, it was eight times that of few.
    CHECK(of_many < 2.5 * of_few);
  }
}

}  // namespace assay
