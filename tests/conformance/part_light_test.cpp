// What accelerators can reach by the published figures of their product, or of others of its chip.
#include "harness/conformance/part_light.h"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

PartLight light_by(const std::string& pci_id) {
  const auto light = light_of(Baseline{"ours", "ours", {pci_id}, false, {}});
  REQUIRE(light);
  return *light;
}

/// GB/s and GB/s, or TFLOP/s; {0, 0}: not known.
struct Range {
  double low, high;
};

void check_range(const std::optional<FigureRange>& range, Range expected, double unit = 1e9) {
  CHECK(range.has_value() == (expected.high > 0));
  if (!range) return;
  CHECK(range->low / unit == doctest::Approx(expected.low).epsilon(1e-4));
  CHECK(range->high / unit == doctest::Approx(expected.high).epsilon(1e-4));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("each product has the links of its board") {
    constexpr double kGen4 = 31.5077, kGen5 = 63.0154, kGen6 = 121;  // sixteen lanes
    struct Row {
      const char* id;
      Range host_link, nvlink, nic;
      bool has_multicast;
      int devices_per_node;
    };
    const Row table[] = {
        {"10de:20b0", {kGen4, kGen4}, {300, 300}, {25, 25}, false, 8},
        {"10de:20b2", {kGen4, kGen4}, {300, 300}, {25, 25}, false, 8},
        {"10de:20f1", {kGen4, kGen4}, {kGen4, 300}, {0, kGen4}, false, 8},
        {"10de:20b5", {kGen4, kGen4}, {kGen4, 300}, {0, kGen4}, false, 8},
        {"10de:20b7", {kGen4, kGen4}, {kGen4, 100}, {0, kGen4}, false, 8},
        {"10de:2235", {kGen4, kGen4}, {kGen4, 56.25}, {0, kGen4}, false, 8},
        {"10de:2236", {kGen4, kGen4}, {0, 0}, {0, kGen4}, false, 8},
        {"10de:26b9", {kGen4, kGen4}, {0, 0}, {0, kGen4}, false, 8},
        {"10de:27b8", {kGen4, kGen4}, {0, 0}, {0, kGen4}, false, 8},
        {"10de:2330", {kGen5, kGen5}, {450, 450}, {50, 50}, true, 8},
        {"10de:2331", {kGen5, kGen5}, {kGen5, 300}, {0, kGen5}, false, 8},
        {"10de:2335", {kGen5, kGen5}, {450, 450}, {50, 50}, true, 8},
        {"10de:2901", {kGen5, kGen5}, {900, 900}, {50, 50}, true, 8},
        {"10de:2941", {225, 225}, {900, 900}, {50, 50}, true, 4},
        {"10de:3182", {kGen6, kGen6}, {900, 900}, {100, 100}, true, 8},
        {"10de:2bb5", {kGen5, kGen5}, {0, 0}, {0, kGen5}, false, 8},
        {"10de:2b85", {kGen5, kGen5}, {0, 0}, {0, kGen5}, false, 8},
        {"10de:20ff", {0, 0}, {0, 0}, {0, 0}, false, 0},
        {"10de:23ff", {0, 0}, {0, 0}, {0, 0}, false, 0},
    };
    for (const Row& row : table) {
      CAPTURE(std::string(row.id));
      const PartLight light = light_by(row.id);
      check_range(light.host_link, row.host_link);
      check_range(light.nvlink, row.nvlink);
      check_range(light.nic, row.nic);
      CHECK(light.has_multicast == row.has_multicast);
      CHECK(light.devices_per_node == row.devices_per_node);
    }
    CHECK(light_by("10de:2941").nvlink_domain == 72);
    CHECK(light_by("10de:3182").nvlink_domain == 0);
  }

  TEST_CASE("each product has its own rates and an unknown one those of its chip at most") {
    struct Row {
      const char* id;
      Range memory, bf16, f32, int8, fp8, fp4;
    };
    const Row table[] = {
        {"10de:20b0", {1555, 1555}, {312, 312}, {19.5, 19.5}, {624, 624}, {0, 0}, {0, 0}},
        {"10de:20b7", {933, 933}, {165, 165}, {10.3125, 10.3125}, {330, 330}, {0, 0}, {0, 0}},
        {"10de:2236", {600, 600}, {125, 125}, {31.25, 31.25}, {250, 250}, {0, 0}, {0, 0}},
        {"10de:26b5",
         {864, 864},
         {181.05, 181.05},
         {90.525, 90.525},
         {362.1, 362.1},
         {362.1, 362.1},
         {0, 0}},
        {"10de:2684",
         {1008, 1008},
         {165.2, 165.2},
         {82.6, 82.6},
         {660.8, 660.8},
         {330.4, 330.4},
         {0, 0}},
        {"10de:2331",
         {3352, 4800},
         {756, 756},
         {51.1875, 51.1875},
         {1512, 1512},
         {1512, 1512},
         {0, 0}},
        {"10de:3182",
         {8000, 8000},
         {2250, 2250},
         {70.3125, 70.3125},
         {0, 0},
         {4500, 4500},
         {13500, 13500}},
        {"10de:2b85",
         {1792, 1792},
         {209.5, 209.5},
         {104.75, 104.75},
         {838, 838},
         {419, 419},
         {838, 838}},
        {"10de:20ff", {933, 2039}, {0, 312}, {0, 19.5}, {0, 624}, {0, 0}, {0, 0}},
        {"10de:23ff", {3352, 4800}, {0, 989.4}, {0, 66.9}, {0, 1978.8}, {0, 1978.8}, {0, 0}},
        {"10de:29ff", {7700, 8000}, {0, 2500}, {0, 78.125}, {0, 5000}, {0, 5000}, {0, 10000}},
        {"10de:31ff", {8000, 8000}, {0, 2250}, {0, 70.3125}, {0, 0}, {0, 4500}, {0, 13500}},
        {"10de:22ff", {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
        {"10de:27ff", {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
        {"10de:2bff", {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
    };
    for (const Row& row : table) {
      CAPTURE(std::string(row.id));
      const PartLight light = light_by(row.id);
      check_range(light.memory, row.memory);
      const auto check_rate = [&](const char* dtype, Range expected) {
        CAPTURE(std::string(dtype));
        const auto rate = light.flop_per_s.find(dtype);
        check_range(rate == light.flop_per_s.end() ? std::nullopt : std::optional(rate->second),
                    expected, 1e12);
      };
      check_rate("bf16", row.bf16);
      check_rate("f16", row.bf16);
      check_rate("f32", row.f32);
      check_rate("int8", row.int8);
      check_rate("fp8_e4m3", row.fp8);
      check_rate("fp8_e5m2", row.fp8);
      check_rate("fp4_e2m1", row.fp4);
      check_rate("tf32", {row.bf16.low / 2, row.bf16.high / 2});
    }
  }

  TEST_CASE("an id of no chip of the tables has no figures and no capability") {
    for (const char* id : {"10de:1eb8", "1002:74a1", "", "10de:2"}) {
      CAPTURE(std::string(id));
      CHECK_FALSE(light_of(Baseline{"ours", "ours", {id}, false, {}}));
      CHECK(capability_of_pci_id(id) == "");
    }
    const std::pair<const char*, const char*> table[] = {
        {"10de:20b2", "8.0"}, {"10de:2235", "8.6"},  {"10de:26b5", "8.9"},  {"10de:27b8", "8.9"},
        {"10de:2330", "9.0"}, {"10de:2901", "10.0"}, {"10de:3182", "10.3"}, {"10de:2b85", "12.0"}};
    for (const auto& [id, capability] : table) CHECK(capability_of_pci_id(id) == capability);
  }

  TEST_CASE("a baseline is of the first of its ids that is known and else of its name") {
    const auto memory_of = [](const std::string& sku, const std::vector<std::string>& ids) {
      const auto light = light_of(Baseline{"ours", sku, ids, false, {}});
      return light && light->memory ? light->memory->high : 0;
    };
    CHECK(memory_of("ours", {"10de:1eb8", "10de:2335", "10de:20b0"}) == 4800e9);
    CHECK(memory_of("A30", {"10de:2335"}) == 4800e9);
    CHECK(memory_of("A30", {"10de:1eb8"}) == 933e9);
    CHECK(memory_of("A30", {}) == 933e9);
    CHECK(memory_of("h200-sxm", {}) == 4800e9);
    CHECK(memory_of("NVIDIA H200", {}) == 4800e9);
    CHECK(memory_of("ours", {}) == 0);
    const auto kind = [](const std::string& sku, const std::vector<std::string>& ids) {
      return kind_of(Baseline{"ours", sku, ids, false, {}});
    };
    CHECK(kind("host", {}).backend == "host");
    CHECK(kind("ours", {}).backend == "");
    CHECK(kind("ours", {"10de:1eb8"}).backend == "cuda");
    CHECK(kind("ours", {"10de:1eb8"}).compute_capability == "");
    CHECK(kind("ours", {"10de:1eb8", "10de:2941", "10de:2335"}).compute_capability == "10.0");
    CHECK(kind("ours", {"10de:1eb8", "10de:2941", "10de:2335"}).nvlink_domain == 72);
    CHECK(kind("A30", {}).compute_capability == "8.0");
    CHECK(kind("A30", {}).nvlink_domain == 0);
  }
}

}  // namespace assay::test
