// Seeded single edits of a document that passes: each is refused, or changes what the verdict says.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "tests/conformance/passing_result.h"
#include "tests/conformance/written_result.h"

namespace assay::test {

namespace {

using Pointer = Json::json_pointer;

/// What no verdict rests on: words for people, and readings that explain a rate and decide none.
/// `*` is any index or name; what is below a place belongs to it.
const std::set<std::string> kDecidesNothing = {
    "/run/command",     // how it was typed; its filter is a field
    "/software",        // decides between nodes only
    "/nodes/*/labels",  // as the cluster calls it
    "/nodes/*/nics",    // decides between nodes only
    // What the host is, and how it wires its devices together.
    "/nodes/*/topology/processor", "/nodes/*/topology/memory_bytes", "/nodes/*/topology/numa_nodes",
    "/nodes/*/topology/gpus/*/pcie_root", "/nodes/*/topology/gpus/*/bridges",
    "/nodes/*/topology/gpus/*/numa_node", "/nodes/*/topology/gpus/*/pcie_generation",
    "/nodes/*/topology/gpus/*/pcie_width",
    "/nodes/*/topology/gpus/*/nvlink_domain",    // decides where bridges join the devices
    "/nodes/*/devices/*/speed_of_light/source",  // words about the tables
    "/measurements/*/started",                   // within the run
    "/measurements/*/group",                     // the words after the case's own
    "/measurements/*/verification/checksum",     // decides where bits are compared
    // Within what a device can give, where no requirement asks for it.
    "/measurements/*/telemetry/power_w", "/measurements/*/telemetry/clock_hz",
    "/measurements/*/telemetry/temperature_c", "/measurements/*/telemetry/clock_event_fractions",
    "/measurements/*/telemetry/new_errors/ecc_corrected",
    "/measurements/*/telemetry/new_errors/pcie_replays",
    "/measurements/*/telemetry/iterations_per_sample", "/measurements/*/telemetry/operand_sets",
    "/measurements/*/telemetry/readings",
    "/measurements/*/samples/pass",       // of a thinned series: where a pass ends
    "/measurements/*/extensions/choice",  // what a library chose
};

Profile profile_of_edits() { return load_profile("node"); }

std::size_t seeds() {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked != nullptr ? std::strtoul(asked, nullptr, 10) : 100;
}

/// Every leaf of the document by its place without indices, so that no long list outweighs the
/// rest: `/measurements/*/samples/values_s/*`.
std::map<std::string, std::vector<Pointer>> leaves_of(const Json& document) {
  std::map<std::string, std::vector<Pointer>> leaves;
  const auto walk = [&](const auto& self, const Json& at, const Pointer& pointer,
                        const std::string& place) -> void {
    if (at.is_object()) {
      for (const auto& [key, value] : at.items())
        self(self, value, pointer / key, place + '/' + key);
    } else if (at.is_array()) {
      for (std::size_t i = 0; i < at.size(); ++i) self(self, at[i], pointer / i, place + "/*");
    } else {
      leaves[place].push_back(pointer);
    }
  };
  walk(walk, document, Pointer(), "");
  return leaves;
}

bool decides_nothing(const std::string& place) {
  return std::any_of(kDecidesNothing.begin(), kDecidesNothing.end(), [&](const std::string& free) {
    return place == free || place.starts_with(free + '/');
  });
}

class Editor {
 public:
  explicit Editor(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }

  /// Another value for a leaf, of its kind; `others` stand at the same place elsewhere.
  Json other_than(const Json& value, const std::vector<Json>& others) {
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number_integer()) return other_count(value.get<std::int64_t>());
    if (value.is_number()) {
      constexpr std::array kFactors = {0.0, 0.5, 0.9, 0.99, 1.01, 1.1, 2.0, 10.0, -1.0};
      return value.get<double>() * kFactors[below(kFactors.size())];
    }
    return other_text(value.get<std::string>(), others);
  }

 private:
  std::int64_t other_count(std::int64_t value) {
    const std::array kCounts = {value + 1, value - 1, 2 * value, std::int64_t{0}, -value};
    return kCounts[below(kCounts.size())];
  }

  std::string other_text(std::string text, const std::vector<Json>& others) {
    if (text.size() > 19 && text[10] == 'T' && text.back() == 'Z') {  // a time, hours away
      text[12] = static_cast<char>('0' + below(10));
      return text;
    }
    if (below(2) == 0) return others[below(others.size())].get<std::string>();
    if (text.empty() || below(2) == 0) return text + "x";
    text[below(text.size())] = static_cast<char>('0' + below(10));
    return text;
  }

  std::mt19937_64 random_;
};

/// Of an H200, at the rate that the document reaches.
Baseline baseline_of_h200() {
  Baseline baseline = passing_baseline();
  baseline.sku = "H200-SXM-141GB";
  baseline.pci_ids = {"10de:2335"};
  baseline.rows.front().value = 840e12;
  return baseline;
}

/// The line that refuses the document, or the verdict as a document.
std::string outcome(const Json& document, const Profile& profile) {
  try {
    validate(document, DocumentKind::result, "edited.json");
    Result result = result_from_json(document);
    refuse_contradictions(result, "edited.json");
    return to_json(judge({{std::move(result)}, &profile, {baseline_of_h200()}})).dump();
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("a single edit of a passing document is refused or seen in its verdict") {
    const Profile profile = profile_of_edits();
    const Json sound = to_json(written_gpu_result(profile, 8));
    const std::string passed = outcome(sound, profile);
    CAPTURE(passed.substr(0, 1000));
    REQUIRE(Json::parse(passed)["verdict"] == "pass");

    const auto leaves = leaves_of(sound);
    std::size_t made = 0, free = 0;
    for (std::uint64_t seed = 0; made < seeds(); ++seed) {
      Editor editor(seed);
      const auto place =
          std::next(leaves.begin(), static_cast<std::ptrdiff_t>(editor.below(leaves.size())));
      std::vector<Json> others;
      for (const Pointer& other : place->second) others.push_back(sound[other]);
      const Pointer& at = place->second[editor.below(place->second.size())];
      Json edited = sound;
      edited[at] = editor.other_than(sound[at], others);
      if (edited[at] == sound[at]) continue;
      ++made;
      if (outcome(edited, profile) != passed) continue;
      if (decides_nothing(place->first)) {
        ++free;
        continue;
      }
      FAIL_CHECK(fmt::format("seed {}: {} from {} to {} is not noticed", seed, at.to_string(),
                             sound[at].dump(), edited[at].dump()));
    }
    MESSAGE(made, " edits, of which ", free, " decide nothing");
  }

  TEST_CASE("a series that is made faster as a whole is seen in the verdict") {
    const Profile profile = profile_of_edits();
    const Json sound = to_json(written_gpu_result(profile, 8));
    const std::string passed = outcome(sound, profile);
    const auto scale = [](Json& value, double factor) { value = value.get<double>() * factor; };
    for (std::size_t at = 0; at < sound["measurements"].size(); at += 37) {
      Json edited = sound;
      Json& one = edited["measurements"][at];
      if (!one.contains("samples")) continue;
      for (auto& [key, value] : one["samples"].items()) {
        if (!key.ends_with("_s")) continue;
        if (value.is_array())
          for (Json& each : value) scale(each, 1 / 1.01);
        else
          scale(value, 1 / 1.01);
      }
      for (auto& [key, value] : one["metrics"].items())
        if (key.ends_with("_per_s")) scale(value, 1.01);
      if (one.contains("speed_of_light_fraction")) scale(one["speed_of_light_fraction"], 1.01);
      CAPTURE(one["case"].get<std::string>());
      CHECK(outcome(edited, profile) != passed);
    }
  }
}

}  // namespace assay::test
