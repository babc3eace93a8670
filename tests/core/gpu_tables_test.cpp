// The tables multiplied back: they must give the published figures.
#include "harness/core/gpu_tables.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "harness/core/gpu_model.h"
#include "harness/core/gpu_speed_of_light.h"

using namespace assay;

namespace {

GpuPart part(int major, int minor, int multiprocessors, const std::string& pci_id) {
  GpuPart made;
  made.major = major;
  made.minor = minor;
  made.multiprocessors = multiprocessors;
  made.pci_id = pci_id;
  made.max_clock_hz = 1.98e9;
  return made;
}

struct Published {
  GpuPart made;
  const char* dtype;
  double tflop_per_s;
};

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a changed figure is another version of the tables") {
    // Verdicts on documents of this version were replayed with these figures: whoever changes one
    // on purpose changes the version here.
    CHECK(gpu_tables_version() == "gpu-bf963e65181d");
  }

  TEST_CASE("models are as their datasheets and drivers describe them") {
    std::string text = "\n";
    for (const GpuModel& one : gpu_models()) {
      text +=
          fmt::format("{}, {}, {}: {}.{}, {} SMs at {} MHz, {} MiB, L2 {} MiB, {} W\n", one.name,
                      one.product, one.pci_id, one.major, one.minor, one.multiprocessors,
                      one.clock_mhz, one.memory_mib, one.l2_mib, one.power_w);
      text += fmt::format("  {} NVLinks, PCIe {}, NIC {}, {} a node, {} a domain\n", one.nvlinks,
                          one.pcie_generation, one.nic_bytes_per_s, one.devices_per_node,
                          one.nvlink_domain);
    }
    CHECK(text == R"(
a100-sxm, NVIDIA A100-SXM4-80GB, 10de:20b2: 8.0, 108 SMs at 1410 MHz, 81920 MiB, L2 40 MiB, 400 W
  12 NVLinks, PCIe 4, NIC 25000000000, 8 a node, 8 a domain
h100-sxm, NVIDIA H100 80GB HBM3, 10de:2330: 9.0, 132 SMs at 1980 MHz, 81559 MiB, L2 50 MiB, 700 W
  18 NVLinks, PCIe 5, NIC 50000000000, 8 a node, 8 a domain
h200-sxm, NVIDIA H200, 10de:2335: 9.0, 132 SMs at 1980 MHz, 143156 MiB, L2 60 MiB, 700 W
  18 NVLinks, PCIe 5, NIC 50000000000, 8 a node, 8 a domain
b200-sxm, NVIDIA B200, 10de:2901: 10.0, 148 SMs at 1965 MHz, 183359 MiB, L2 126 MiB, 1000 W
  18 NVLinks, PCIe 5, NIC 50000000000, 8 a node, 8 a domain
gb200, NVIDIA GB200, 10de:2941: 10.0, 152 SMs at 2062 MHz, 189471 MiB, L2 126 MiB, 1200 W
  18 NVLinks, PCIe 5, NIC 50000000000, 4 a node, 72 a domain
)");
    for (const GpuModel& one : gpu_models()) {
      CHECK(gpu_model_named(one.name) == &one);
      CHECK(gpu_model_of_pci_id(one.pci_id) == &one);
    }
    CHECK(gpu_model_named("none") == nullptr);
    const auto to_host = [](const char* model) {
      return gpu_speed_of_light(part_of(*gpu_model_named(model))).pcie_bytes_per_s;
    };
    CHECK(to_host("gb200") == 225e9);  // over C2C, though it has PCIe too
    CHECK(to_host("b200-sxm") == doctest::Approx(63.0e9).epsilon(1e-3));
    CHECK(gpu_model_of_pci_id("10de:0000") == nullptr);
  }

  TEST_CASE("the speed of light of known parts is within one percent of what is published") {
    const GpuPart a100 = part(8, 0, 108, "10de:20b2"), a30 = part(8, 0, 56, "10de:20b7");
    const GpuPart a40 = part(8, 6, 84, "10de:2235"), a10 = part(8, 6, 72, "10de:2236");
    const GpuPart l4 = part(8, 9, 58, "10de:27b8"), l40s = part(8, 9, 142, "10de:26b9");
    const GpuPart l40 = part(8, 9, 142, "10de:26b5"), rtx4090 = part(8, 9, 128, "10de:2684");
    const GpuPart h100 = part(9, 0, 132, "10de:2330"), pcie = part(9, 0, 114, "10de:2331");
    const GpuPart h200 = part(9, 0, 132, "10de:2335"), rtx5090 = part(12, 0, 170, "10de:2b85");
    GpuPart b200 = part(10, 0, 148, "10de:2901"), b300 = part(10, 3, 148, "10de:3182");
    b200.max_clock_hz = b300.max_clock_hz = 1.965e9;
    // From the datasheets and whitepapers, without sparsity.
    const Published published[] = {
        {a100, "bf16", 312},        {a100, "f16", 312},       {a100, "tf32", 156},
        {a100, "int8", 624},        {a100, "f32", 19.5},      {a30, "bf16", 165},
        {a40, "bf16", 149.7},       {a40, "f32", 37.4},       {a10, "bf16", 125},
        {a10, "int8", 250},         {l4, "bf16", 121},        {l4, "fp8_e4m3", 242.5},
        {l4, "f32", 30.3},          {l40s, "bf16", 362.05},   {l40s, "fp8_e4m3", 733},
        {l40s, "f32", 91.6},        {l40, "bf16", 181.05},    {l40, "int8", 362},
        {rtx4090, "bf16", 165.2},   {rtx4090, "int8", 660.6}, {h100, "bf16", 989.4},
        {h100, "fp8_e4m3", 1978.9}, {h100, "int8", 1978.9},   {h100, "tf32", 494.7},
        {h100, "f32", 66.9},        {pcie, "bf16", 756},      {pcie, "f32", 51.2},
        {h200, "bf16", 989.4},      {h200, "fp8_e5m2", 1979}, {b200, "bf16", 2250},
        {b200, "fp8_e4m3", 4500},   {b200, "f32", 75},        {b300, "bf16", 2250},
        {b300, "fp8_e5m2", 4500},   {rtx5090, "bf16", 209.5},
    };
    for (const Published& figure : published) {
      CAPTURE(figure.made.pci_id);
      CAPTURE(figure.dtype);
      const SpeedOfLight light = gpu_speed_of_light(figure.made);
      REQUIRE(light.flop_per_s.count(figure.dtype) == 1);
      CHECK(light.flop_per_s.at(figure.dtype) ==
            doctest::Approx(figure.tflop_per_s * 1e12)
                .epsilon(figure.dtype == std::string("fp8_e4m3") ? 0.013 : 0.01));
      CHECK(light.clock_source == "published_boost");
    }
  }

  TEST_CASE("a published bf16 figure agrees with the published clock of its part") {
    for (const GpuSku& sku : gpu_sku_table()) {
      CAPTURE(sku.pci_id);
      CHECK(std::string(sku.pci_id).size() == 9);
      CHECK((sku.tensor_clock_mhz > 0) == (sku.vector_clock_mhz > 0));
      CHECK((sku.memory_gb_per_s == 0 || sku.memory_gb_per_s > 100));
      CHECK(find_gpu_sku(sku.pci_id) == &sku);  // no id twice
    }
  }

  TEST_CASE("a capability that is not in the table is unknown and never a guess") {
    for (const auto& [major, minor] : {std::pair{7, 5}, {8, 7}, {9, 1}, {11, 0}, {12, 1}}) {
      const SpeedOfLight light = gpu_speed_of_light(part(major, minor, 100, "10de:ffff"));
      CHECK(light.flop_per_s.empty());
      CHECK(light.source.find("unknown") != std::string::npos);
    }
    int known = 0;
    for (int major = 0; major < 32; ++major) {
      for (int minor = 0; minor < 16; ++minor) {
        const CapabilityRates* row = find_capability(major, minor);
        if (row == nullptr) continue;
        ++known;
        CHECK(std::string(row->source).size() > 10);
        CHECK(row->major == major);
        CHECK(row->minor == minor);
      }
    }
    CHECK(known == 7);
  }

  TEST_CASE("a dtype that a part has no tensor rate for is left out") {
    CHECK(gpu_speed_of_light(part(8, 0, 108, "10de:20b2")).flop_per_s.count("fp8_e4m3") == 0);
    CHECK(gpu_speed_of_light(part(10, 3, 148, "10de:3182")).flop_per_s.count("int8") == 0);
  }

  TEST_CASE("an unknown product of a capability with several tensor rates has f32 alone") {
    const SpeedOfLight light = gpu_speed_of_light(part(8, 9, 100, "10de:ffff"));
    CHECK(light.flop_per_s.size() == 1);
    CHECK(light.flop_per_s.at("f32") == doctest::Approx(100 * 256 * 1.98e9));
  }

  TEST_CASE("an unknown product of Hopper runs at its maximum clock") {
    const SpeedOfLight light = gpu_speed_of_light(part(9, 0, 132, "10de:ffff"));
    CHECK(light.clock_source == "maximum");
    CHECK(light.flop_per_s.at("bf16") == doctest::Approx(4096 * 132 * 1.98e9));
  }

  TEST_CASE("memory follows from clock and bus where no figure is published") {
    GpuPart h100 = part(9, 0, 114, "10de:2331");
    h100.memory_clock_hz = 1.593e9;
    h100.memory_bus_bits = 5120;
    CHECK(*gpu_speed_of_light(h100).memory_bytes_per_s == doctest::Approx(2.039e12).epsilon(1e-3));
    h100.is_mig = true;
    CHECK_FALSE(gpu_speed_of_light(h100).memory_bytes_per_s);
    CHECK(*gpu_speed_of_light(part(9, 0, 132, "10de:2335")).memory_bytes_per_s == 4.8e12);
  }

  TEST_CASE("links follow from generation and width and count") {
    GpuPart h100 = part(9, 0, 132, "10de:2330");
    h100.pcie_generation_max = 5;
    h100.pcie_width_max = 16;
    h100.nvlink_count = 18;
    const SpeedOfLight light = gpu_speed_of_light(h100);
    CHECK(*light.pcie_bytes_per_s == doctest::Approx(63.0e9).epsilon(0.001));
    CHECK(*light.nvlink_bytes_per_s == 450e9);
    CHECK_FALSE(gpu_speed_of_light(part(9, 0, 132, "10de:2330")).nvlink_bytes_per_s);
    GpuPart of_unknown_links = part(12, 0, 170, "10de:2b85");
    of_unknown_links.nvlink_count = 4;
    CHECK_FALSE(gpu_speed_of_light(of_unknown_links).nvlink_bytes_per_s);
  }

  TEST_CASE("a device's part is what its facts say and nothing where they say nothing") {
    DeviceFacts device;
    const GpuPart unknown = part_of(device);
    CHECK(unknown.major == 0);
    CHECK(unknown.minor == 0);
    CHECK(unknown.multiprocessors == 0);
    CHECK(unknown.pci_id == "");
    CHECK_FALSE(unknown.max_clock_hz);
    CHECK_FALSE(unknown.pcie_generation_max);
    CHECK_FALSE(unknown.pcie_width_max);
    CHECK_FALSE(unknown.nvlink_count);
    CHECK_FALSE(unknown.is_mig);
    device.compute_capability = "12.1";
    device.multiprocessors = 48;
    device.pci_id = "10de:2e12";
    device.clock_max_hz = 2.4e9;
    device.pcie = PcieLink{1, 5, 4, 16, 0, true};  // slower and narrower than it can be
    device.nvlink_count = 18;
    device.mig = "enabled";
    const GpuPart known = part_of(device);
    CHECK(known.major == 12);
    CHECK(known.minor == 1);
    CHECK(known.multiprocessors == 48);
    CHECK(known.pci_id == "10de:2e12");
    CHECK(known.max_clock_hz == 2.4e9);
    CHECK(known.pcie_generation_max == device.pcie->generation_max);
    CHECK(known.pcie_width_max == device.pcie->width_max);
    CHECK(known.nvlink_count == 18);
    CHECK(known.is_mig);
    device.mig = "disabled";
    CHECK_FALSE(part_of(device).is_mig);
  }

  TEST_CASE("the second figure is at the clock that was measured") {
    const GpuPart h100 = part(9, 0, 132, "10de:2330");
    SpeedOfLight light = gpu_speed_of_light(h100);
    CHECK(light.flop_per_s_measured.empty());
    set_measured_clock(h100, 1.6e9, light);
    CHECK(light.flop_per_s_measured.at("bf16") == doctest::Approx(865e12).epsilon(0.001));
    CHECK(*light.clock_measured_hz == 1.6e9);
  }
}
