// The linter on baselines with mistakes that other suites have shipped, and on our own.
#include "harness/conformance/baseline_lint.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "harness/conformance/build_baseline.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/switch_gain.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr const char* kDay = "2026-11-28";

BaselineRow sound_row(const std::string& id, const std::string& metric, double value) {
  BaselineRow row;
  row.id = CaseId::parse(id);
  row.scope_level = "device";
  row.metric = metric;
  row.value = value;
  row.n = 1;
  row.tier = "third_party";
  row.source = "https://example.org/figures";
  row.date = "2026-01-01";
  row.expires = "2027-01-01";
  return row;
}

BaselineRow all_reduce_row(double value, int ranks, int nodes, const std::string& fabric) {
  BaselineRow row = sound_row("all_reduce.f32.*/bytes17179869184_ranks" + std::to_string(ranks),
                              "bus_bandwidth_bytes_per_s", value);
  row.series = Series::hot;
  row.scope_level = nodes == 1 ? "node" : "cluster";
  row.nodes = nodes;
  row.fabric = fabric;
  return row;
}

Baseline part_baseline(const std::string& sku, const std::string& pci_id, BaselineRow row) {
  return {sku, sku, {pci_id}, false, {std::move(row)}};
}

/// All lines as one text; empty for a sound baseline.
std::string mistakes(const Baseline& baseline, const std::vector<Baseline>& others = {}) {
  std::string text;
  for (const std::string& line : mistakes_of(baseline, kDay, others)) text += line + "\n";
  return text;
}

std::string mistakes(BaselineRow row) {
  return mistakes(part_baseline("h100-sxm", "10de:2330", std::move(row)));
}

bool says(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every baseline that we ship is free of mistakes") {
    const std::vector<Baseline> shipped = builtin_baselines();
    for (const Baseline& baseline : shipped) CHECK(mistakes(baseline, shipped) == "");
  }

  TEST_CASE("the memory limits of shipped diagnostics with slips of unit are found") {
    const auto memory = [](const std::string& sku, const std::string& id, double value) {
      return mistakes(part_baseline(
          sku, id, sound_row("memory_copy.f32.*/bytes1073741824", "bytes_per_s", value)));
    };
    const std::string h200 = memory("h200", "10de:2335", 2333e6);
    CHECK(says(h200, "/rows/0: "));
    CHECK(says(h200, "1000 times it would fit"));
    CHECK(says(memory("h100-64gb", "10de:2337", 122250e6), "on a plateau"));
    CHECK(says(memory("ga100", "10de:20b0", 137500e6), "on a plateau"));
    CHECK(memory("h200", "10de:2335", 2212.5e9) == "");
  }

  TEST_CASE("a row over its own roofline is found by compute and by memory and by links") {
    CHECK(says(mistakes(sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 1100e12)),
               "computes in bf16"));
    CHECK(says(mistakes(sound_row("gemm.bf16.*/m1_n8192_k8192", "flop_per_s", 700e12)),
               "memory allows at this shape"));
    CHECK(says(mistakes(sound_row("host_to_device.f32.*/bytes268435456", "bytes_per_s", 65e9)),
               "link to the host"));
    CHECK(says(mistakes(sound_row("memory_triad.f32.*/bytes1073741824", "bytes_per_s", 2.4e13)),
               "an eighth would fit: bits taken for bytes"));
    CHECK(mistakes(sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12)) == "");
  }

  TEST_CASE("a floor over what the fabric carries is found and NVLS is allowed its own") {
    CHECK(says(mistakes(all_reduce_row(800e9, 16, 2, "efa")), "NICs allow between 2 nodes"));
    CHECK(mistakes(all_reduce_row(487.87e9, 16, 2, "efa")) == "");
    // Without a number of nodes they are as full as the part's are.
    BaselineRow full_nodes = all_reduce_row(487.87e9, 16, 2, "efa");
    full_nodes.nodes.reset();
    CHECK(mistakes(full_nodes) == "");
    full_nodes.value = 800e9;
    CHECK(says(mistakes(full_nodes), "NICs allow between 2 nodes"));
    CHECK(mistakes(all_reduce_row(480e9, 8, 1, "nvlink")) == "");
    CHECK(mistakes(all_reduce_row(0.99 * 450e9 * switch_gain("all_reduce", 8), 8, 1, "nvlink")) ==
          "");
    CHECK(says(mistakes(all_reduce_row(720e9, 8, 1, "nvlink")), "NVLinks allow"));
    CHECK(says(
        mistakes(part_baseline("a100-sxm", "10de:20b2", all_reduce_row(310e9, 8, 1, "nvlink"))),
        "NVLinks allow"));
  }

  TEST_CASE("the figure of another SKU that is slower is found and of one as fast is not") {
    const Baseline h100 =
        part_baseline("h100-sxm", "10de:2330", all_reduce_row(440e9, 8, 1, "nvlink"));
    const Baseline b200 =
        part_baseline("b200-sxm", "10de:2901", all_reduce_row(440e9, 8, 1, "nvlink"));
    CHECK(says(mistakes(b200, {h100}), "also the figure of h100-sxm"));
    CHECK(mistakes(part_baseline("h200-sxm", "10de:2335", all_reduce_row(440e9, 8, 1, "nvlink")),
                   {h100}) == "");
    CHECK(mistakes(b200, {b200}) == "");
    const auto b200_of = [](double value) {
      return part_baseline("b200-sxm", "10de:2901", all_reduce_row(value, 8, 1, "nvlink"));
    };
    CHECK(says(mistakes(b200_of(440.3e9), {h100}), "also the figure of h100-sxm"));
    CHECK(mistakes(b200_of(445e9), {h100}) == "");
  }

  TEST_CASE("a large size far below the roofline is found and a small one is about latency") {
    CHECK(says(mistakes(sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 200e12)),
               "20 % of the 989 TFLOP/s that it computes in bf16"));
    CHECK(mistakes(sound_row("gemm.bf16.*/m64_n64_k64", "flop_per_s", 1e9)) == "");
    BaselineRow small = all_reduce_row(43.7e9, 8, 1, "nvlink");
    small.id = CaseId::parse("all_reduce.f32.*/bytes1048576_ranks8");
    CHECK(mistakes(small) == "");
    small.id = CaseId::parse("all_reduce.f32.*/bytes1024_ranks8");
    small.value = 60e6;
    CHECK(mistakes(small) == "");
    small.value = 60e9;
    CHECK(says(mistakes(small), "60.0 GB/s is 0.03 us a pass, and no launch is shorter"));
  }

  TEST_CASE("a plain kernel may be slow at any size but not over the roofline") {
    for (const char* id : {"gemm.f32.naive/m2048_n2048_k2048", "gemm.f32.naive/m8_n1040_k4112"}) {
      CHECK(mistakes(sound_row(id, "flop_per_s", 44.5e9)) == "");
      CHECK(says(mistakes(sound_row(id, "flop_per_s", 400e12)), "over the"));
    }
  }

  TEST_CASE("a baseline of what an H200 reached is free of mistakes") {
    std::vector<Result> runs;
    for (const auto& file : std::filesystem::directory_iterator(
             std::filesystem::path(ASSAY_SOURCE_DIR) / "results-schema/reference/h200-sxm"))
      if (file.path().extension() == ".json") runs.push_back(read_result(file.path()));
    CHECK(runs.size() >= 40);
    CHECK(mistakes(baseline_of(runs, "h200")) == "");
  }

  TEST_CASE("a row without an address or a count or that has expired is found") {
    const BaselineRow sound = sound_row("memory_read.f32.*/bytes1073741824", "bytes_per_s", 3e12);
    CHECK(mistakes(sound) == "");
    BaselineRow row = sound;
    row.source = "somebody said so";
    CHECK(says(mistakes(row), "no address"));
    row = sound;
    row.n.reset();
    CHECK(says(mistakes(row), "(n)"));
    row = sound;
    row.expires = "2026-11-27";
    CHECK(says(mistakes(row), "expired on 2026-11-27, before 2026-11-28"));
    row.expires = kDay;
    CHECK(mistakes(row) == "");
    row.expires.clear();
    CHECK(says(mistakes(row), "never expires"));
    row = sound;
    row.date = "2026-12-01";
    CHECK(says(mistakes(row), "is after"));
    row.date = kDay;
    CHECK(mistakes(row) == "");
  }

  TEST_CASE("parts that only the table of products has are held to their own rates and links") {
    const auto of = [](const char* sku, const char* id, BaselineRow row) {
      return mistakes(part_baseline(sku, id, std::move(row)));
    };
    const auto product = [](const char* dtype, double value) {
      return sound_row(std::string("gemm.") + dtype + ".*/m8192_n8192_k8192", "flop_per_s", value);
    };
    CHECK(says(of("l40s", "10de:26b9", product("bf16", 400e12)), "362 TFLOP/s that it computes"));
    CHECK(of("l40s", "10de:26b9", product("bf16", 300e12)) == "");
    CHECK(says(of("b300", "10de:3182", product("fp8_e4m3", 4.6e15)), "computes in fp8_e4m3"));
    CHECK(of("b300", "10de:3182", product("fp8_e4m3", 4e15)) == "");
    CHECK(says(of("gb200", "10de:2941", product("fp4_e2m1", 1.1e16)), "computes in fp4_e2m1"));
    CHECK(of("gb200", "10de:2941", product("fp4_e2m1", 7.6e15)) == "");
    for (const char* id : {"10de:3182", "10de:31ff"}) {  // B300, and another product of its chip
      CAPTURE(std::string(id));
      CHECK(says(of("b300", id, product("fp4_e2m1", 1.36e16)), "computes in fp4_e2m1"));
      CHECK(of("b300", id, product("fp4_e2m1", 1.34e16)) == "");
    }
    CHECK(says(of("h20", "10de:2329", product("bf16", 148e15)), "computes in bf16"));
    CHECK(of("h20", "10de:2329", product("bf16", 140e12)) == "");  // a seventh of an H100's
    CHECK(says(of("a100-40gb", "10de:20b0", all_reduce_row(310e9, 8, 1, "nvlink")), "NVLinks"));
    CHECK(of("a100-40gb", "10de:20b0", all_reduce_row(230e9, 8, 1, "nvlink")) == "");
    CHECK(says(of("l40s", "10de:26b9", all_reduce_row(70e9, 8, 1, "pcie+shm")), "to the host"));
    CHECK(says(of("h100-pcie", "10de:2331",
                  sound_row("host_to_device.f32.*/bytes268435456", "bytes_per_s", 100e9)),
               "link to the host"));
  }

  TEST_CASE("a small size is exempt from the plateau but not from a slip of unit") {
    BaselineRow small = all_reduce_row(43.7e6, 8, 1, "nvlink");
    small.id = CaseId::parse("all_reduce.f32.*/bytes1048576_ranks8");
    CHECK(says(mistakes(small), "42 ms a pass"));
    small.value = 0.5e9;  // 3.7 ms
    CHECK(mistakes(small) == "");
    CHECK(says(mistakes(sound_row("gemm.bf16.*/m1_n8192_k8192", "flop_per_s", 2e9)), "a pass"));
  }

  TEST_CASE("a message of a few bytes is slow and a slip of its unit is found on any part") {
    BaselineRow row = all_reduce_row(1.97e3, 2, 1, "socket");
    row.id = CaseId::parse("all_reduce.f32.*/bytes8_ranks2");
    const auto of_a_host = [&] { return mistakes({"ours", "host", {}, false, {row}}); };
    CHECK(of_a_host() == "");
    validate(to_json(Baseline{"ours", "host", {}, false, {row}}), DocumentKind::baseline, "ours");
    row.value = 1.97;
    CHECK(says(of_a_host(), "4.1 s for 8 bytes; is it a slip of unit?"));
    row.id = CaseId::parse("all_reduce.f32.*/bytes65536_ranks2");
    row.value = 7e4;
    CHECK(of_a_host() == "");
    row.value = 3.7;
    CHECK(says(of_a_host(), "for 65536 bytes; is it a slip of unit?"));
  }

  TEST_CASE("a large message in gigabytes is refused by the schema") {
    for (const char* id : {"all_reduce.f32.*/bytes131072_ranks2", "gemm.f32.*/m8_n8_k8",
                           "attention_decode.bf16.*/b8_hq8_hkv2_sq1_sk2048_d64_causal"}) {
      CAPTURE(id);
      BaselineRow row = sound_row(id, "bytes_per_s", 43.7);
      const Json document = to_json(Baseline{"ours", "host", {}, false, {row}});
      CHECK_THROWS_AS(validate(document, DocumentKind::baseline, "ours"), Error);
    }
  }

  TEST_CASE("the figure of another SKU is found at another size of the plateau") {
    BaselineRow large = all_reduce_row(440e9, 8, 1, "nvlink");
    large.id = CaseId::parse("all_reduce.f32.*/bytes8589934592_ranks8");
    const Baseline h100 =
        part_baseline("h100-sxm", "10de:2330", all_reduce_row(440e9, 8, 1, "nvlink"));
    CHECK(says(mistakes(part_baseline("b200-sxm", "10de:2901", large), {h100}), "h100-sxm"));
    large.id = CaseId::parse("all_reduce.f32.*/bytes8388608_ranks8");
    CHECK(mistakes(part_baseline("b200-sxm", "10de:2901", large), {h100}) == "");
  }

  TEST_CASE("an accelerator that no document can name and a source that names nothing are found") {
    const BaselineRow row = sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12);
    Baseline nobody = part_baseline("our-name", "10de:2330", row);
    CHECK(mistakes(nobody) == "");
    nobody.pci_ids.clear();
    CHECK(says(mistakes(nobody), "/sku: no document's accelerator is called \"our-name\""));
    nobody.sku = "H100-SXM5-80GB";
    CHECK(mistakes(nobody) == "");
    nobody.sku = "NVIDIA H100 80GB HBM3 MIG 1g.10gb";
    nobody.rows[0].value = 90e12;  // a slice is found by its name and has no published figures
    CHECK(mistakes(nobody) == "");
    BaselineRow vague = row;
    for (const char* source :
         {"://", "https://", "https://localhost/x", "http:// example", "https://localhost/x.html",
          "https://localhost x.y", "://example.org", "example.org/figures", "example.org"}) {
      CAPTURE(std::string(source));
      vague.source = source;
      CHECK(says(mistakes(vague), "its source is no address"));
    }
    for (const char* source : {"https://example.org", "https://example.org/", "h://e.o/x y"}) {
      CAPTURE(std::string(source));
      vague.source = source;
      CHECK(mistakes(vague) == "");
    }
    vague.tier = "derived";
    vague.source = "unknown";
    CHECK(says(mistakes(vague), "does not say where the figure is from"));
    for (const char* source : {"88 % of the datasheet's rate", "figures/h100.csv", "https://x.y"}) {
      vague.source = source;
      CHECK(mistakes(vague) == "");
    }
  }

  TEST_CASE("a PCI id of another part than the SKU is found") {
    const BaselineRow row = sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12);
    CHECK(says(mistakes(part_baseline("h200-sxm", "10de:2330", row)),
               "/pci_ids/0: 10de:2330 is H100-SXM5-80GB, not h200-sxm"));
    CHECK(says(mistakes(part_baseline("H200-SXM-141GB", "10de:2330", row)), "/pci_ids/0: "));
    Baseline two = part_baseline("h100-sxm", "10de:2330", row);
    two.pci_ids.push_back("10de:20b2");
    CHECK(says(mistakes(two), "/pci_ids/1: 10de:20b2 is A100-SXM4-80GB"));
    CHECK(mistakes(part_baseline("H100-SXM5-80GB", "10de:2330", row)) == "");
    CHECK(mistakes(part_baseline("our-name", "10de:2330", row)) == "");
    two.pci_ids = {"10de:2330", "10de:ffff"};  // one that the tables do not have may be its own
    CHECK(mistakes(two) == "");
  }

  TEST_CASE("PCI ids of two parts under a name of the user's are found") {
    const auto with = [](std::vector<std::string> ids) {
      Baseline baseline =
          part_baseline("our-name", "10de:2330",
                        sound_row("memory_read.f32.*/bytes1073741824", "bytes_per_s", 1.9e12));
      baseline.pci_ids = std::move(ids);
      return mistakes(baseline);
    };
    CHECK(says(with({"10de:2330", "10de:20b2"}),
               "/pci_ids/1: 10de:20b2 is A100-SXM4-80GB, not H100-SXM5-80GB"));
    CHECK(says(with({"10de:2920", "10de:2330"}),
               "/pci_ids/0: 10de:2920 is of compute capability 10.0, not 9.0"));
    CHECK(says(with({"1002:74a1"}), "/pci_ids/0: 1002:74a1 is no device of NVIDIA's"));
    CHECK(with({"10de:2330", "10de:2336"}) == "");
    CHECK(with({"10de:2321"}) == "");
  }

  TEST_CASE("a product that outdoes those of the tables is not held to them") {
    const auto of = [](const char* id, const char* row, const char* metric, double value) {
      return mistakes(part_baseline("our-name", id, sound_row(row, metric, value)));
    };
    constexpr const char* kCopy = "memory_copy.f32.*/bytes1073741824";
    CHECK(of("10de:2704", kCopy, "bytes_per_s", 650e9) == "");  // RTX 4080: 717 GB/s
    CHECK(of("10de:2230", kCopy, "bytes_per_s", 700e9) == "");  // RTX A6000: 768 GB/s
    constexpr const char* kProduct = "gemm.bf16.*/m8192_n8192_k8192";
    CHECK(of("10de:2bb5", kProduct, "flop_per_s", 400e12) == "");  // RTX PRO 6000: 504 TFLOP/s
    CHECK(says(of("10de:27b8", kCopy, "bytes_per_s", 650e9), "300 GB/s that its memory carries"));
  }

  TEST_CASE("between racks that NVLink joins the racks share their NICs") {
    const auto gb200 = [](double value, int ranks, int nodes) {
      return mistakes(
          part_baseline("gb200", "10de:2941", all_reduce_row(value, ranks, nodes, "ib")));
    };
    CHECK(gb200(404.8e9, 1440, 360) == "");  // 20 racks, as published
    CHECK(says(gb200(1900e9, 1440, 360), "is over"));
    CHECK(says(gb200(404.8e9, 16, 4), "NICs allow between 4 nodes"));  // one rack
    CHECK(gb200(191.4e9, 16, 4) == "");
    CHECK(says(mistakes(all_reduce_row(300e9, 1440, 720, "ib")), "between 720 nodes"));
  }

  TEST_CASE("a spread as large as the value is found") {
    BaselineRow row = sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12);
    row.mad = 365e12;
    CHECK(mistakes(row) == "");
    row.mad = 366e12;
    CHECK(says(mistakes(row), "its spread (mad) is 50 % of its value"));
  }

  TEST_CASE("a row that no measurement can match says why") {
    const auto never = [](BaselineRow row) {
      const std::string text = mistakes(std::move(row));
      CHECK(says(text, "no measurement can ever match it"));
      return text;
    };
    CHECK(says(never(sound_row("matmul.bf16.*/m8_n8_k8", "flop_per_s", 1e12)), "no workload"));
    CHECK(says(never(sound_row("gemm.bf16.*/bytes8", "flop_per_s", 1e12)), "no such shape"));
    CHECK(says(never(sound_row("memory_read.f32.*/bytes1024", "tokens_per_s", 1e9)), "no metric"));
    BaselineRow row = all_reduce_row(400e9, 8, 1, "nvlink");
    row.id = CaseId::parse("all_reduce.f32.*/bytes1024");
    CHECK(says(never(row), "number of ranks"));
    row = all_reduce_row(400e9, 8, 1, "nvlink");
    row.scope_level = "device";
    CHECK(says(never(row), "more than a device"));
    row = all_reduce_row(400e9, 8, 1, "nvlink");
    row.input_pattern = "normal";
    CHECK(says(never(row), "small_integers"));
    CHECK(says(never(all_reduce_row(400e9, 8, 1, "nvls")), "by the fabric 'nvlink', not 'nvls'"));
    CHECK(says(never(all_reduce_row(400e9, 16, 2, "ib_gdr+nvlink")), "by the fabric 'ib', not"));
    row = sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12);
    row.input_pattern = "zeros";
    CHECK(says(never(row), "zeros"));
    row = sound_row("gemm.bf16.*/m8192_n8192_k8192", "flop_per_s", 730e12);
    row.scope_level = "node";
    CHECK(mistakes(row) == "");
    row.scope_level = "cluster";
    CHECK(says(never(row), "measured on a device"));
    const std::string fp8 = mistakes(
        part_baseline("a100-sxm", "10de:20b2",
                      sound_row("gemm.fp8_e4m3.*/m8192_n8192_k8192", "flop_per_s", 300e12)));
    CHECK(says(fp8, "no measurement can ever match it: this part has no products of fp8_e4m3"));
  }
}

}  // namespace assay::test
