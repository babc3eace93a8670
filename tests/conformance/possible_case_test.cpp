// Rows that nothing can ever be measured for, by each field of their key, and others that can.
#include "harness/conformance/possible_case.h"

#include <doctest/doctest.h>

#include <tuple>

#include "harness/core/profile.h"
#include "harness/core/workload.h"

namespace assay::test {

namespace {

BaselineRow row_of(const std::string& id, const std::string& metric = "flop_per_s") {
  BaselineRow row;
  row.id = CaseId::parse(id);
  row.scope_level = "device";
  row.metric = metric;
  row.value = 1e12;
  row.tier = "third_party";
  return row;
}

BaselineRow all_reduce(const std::string& fabric, int ranks, int nodes) {
  BaselineRow row = row_of("all_reduce.f32.*/bytes17179869184_ranks" + std::to_string(ranks),
                           "bus_bandwidth_bytes_per_s");
  row.series = Series::hot;
  row.scope_level = nodes == 1 ? "node" : "cluster";
  row.nodes = nodes;
  row.fabric = fabric;
  return row;
}

PartKind part(const std::string& sku, const std::string& pci_id) {
  Baseline baseline;
  baseline.sku = sku;
  if (!pci_id.empty()) baseline.pci_ids = {pci_id};
  return kind_of(baseline);
}

const PartKind kH200 = part("h200-sxm", "10de:2335"), kB200 = part("b200-sxm", "10de:2901"),
               kA100 = part("a100-sxm", "10de:20b2"), kL40S = part("L40S", "10de:26b9"),
               kHost = part("host", ""), kUnknown = part("ours", "1002:74a1");

struct Refused {
  BaselineRow row;
  PartKind part;
  const char* words;
};

std::string never(const Refused& one) {
  const std::string why = why_never_matched(one.row, one.part);
  CAPTURE(one.row.id.str());
  CAPTURE(why);
  CHECK(why.find(one.words) != std::string::npos);
  return why;
}

template <typename Change>
BaselineRow with(BaselineRow row, const Change& change) {
  change(row);
  return row;
}

const BaselineRow kProduct = row_of("gemm.bf16.*/m8192_n8192_k8192");
const BaselineRow kCopy = row_of("memory_copy.f32.*/bytes1073741824", "bytes_per_s");

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a row of an implementation that the part cannot run or that nobody has is refused") {
    const auto of = [](const char* id) { return row_of(id); };
    never({of("gemm.bf16.sm100/m8192_n8192_k8192"), kH200, "no implementation \"sm100\""});
    never({of("gemm.bf16.sm90/m8192_n8192_k8192"), kA100, "needs compute capability 9.0"});
    never({of("gemm.bf16.sm90_grouped/m8192_n8192_k8192_g8"), kB200, "and no other"});
    never({of("gemm.bf16.sm90/m8192_n8192_k8192"), kL40S, "this part has 8.9"});
    never({of("gemm.fp4_e2m1.cublaslt_nvfp4/m8192_n8192_k8192"), kH200, "10.x"});
    never({of("gemm.fp8_e4m3.cublaslt_block_scaled/m8192_n8192_k8192"), kB200, "needs compute"});
    never({of("gemm.bf16.cublastl/m8192_n8192_k8192"), kH200, "no implementation \"cublastl\""});
    never({of("gemm.bf16.openblas/m8192_n8192_k8192"), kH200, "on cuda has no implementation"});
    never({of("gemm.bf16.cublaslt/m8192_n8192_k8192"), kHost, "on host has no implementation"});
    never({of("gemm.fp8_e4m3.sm80/m8192_n8192_k8192"), kL40S, "no implementation \"sm80\""});
    for (const char* id :
         {"gemm.bf16.sm90/m8192_n8192_k8192", "gemm.bf16.sm80/m8192_n8192_k8192",
          "gemm.fp8_e4m3.cublaslt_block_scaled/m8192_n8192_k8192",
          "attention_backward.bf16.flash_attention_4/b2_hq8_hkv8_sq64_sk64_d64_full"})
      CHECK(why_never_matched(of(id), kH200) == "");
    CHECK(why_never_matched(of("gemm.bf16.openblas/m512_n512_k512"), kHost) == "");
    CHECK(why_never_matched(of("gemm.bf16.sm80/m512_n512_k512"), kUnknown) == "");
  }

  TEST_CASE("a row of a dtype that nothing measures or that the part does not have is refused") {
    never({row_of("memory_copy.bf16.*/bytes1073741824", "bytes_per_s"), kH200, "nothing measures"});
    never({row_of("gemm.fp8_e4m3.*/m8192_n8192_k8192"), kA100, "no products of fp8_e4m3"});
    never({row_of("gemm.fp4_e2m1.*/m8192_n8192_k8192"), kH200, "no products of fp4_e2m1"});
    never({row_of("gemm.int8.*/m512_n512_k512"), kHost, "nothing measures gemm in int8 on host"});
    CHECK(why_never_matched(row_of("gemm.fp4_e2m1.*/m8192_n8192_k8192"), kB200) == "");
    CHECK(why_never_matched(row_of("gemm.fp8_e4m3.*/m8192_n8192_k8192"), kL40S) == "");
  }

  TEST_CASE("a row of a series or a pattern or a metric that its workload has not is refused") {
    const auto graph = [](BaselineRow& row) { row.series = Series::graph; };
    never({with(kCopy, graph), kH200, "memory_copy has no series graph"});
    never({with(row_of("host_to_device.f32.*/bytes268435456", "bytes_per_s"), graph), kH200,
           "no series graph"});
    never({with(row_of("gemm.f32.*/m512_n512_k512"), graph), kHost, "no series graph"});
    CHECK(why_never_matched(with(kProduct, graph), kH200) == "");
    for (const char* pattern : {"small_integers", "zeros", "uniform", "Normal", "random_bits"})
      never({with(kProduct, [&](BaselineRow& row) { row.input_pattern = pattern; }), kH200,
             "input pattern normal, not"});
    never({with(all_reduce("nvlink", 8, 1), [](auto& row) { row.input_pattern = "normal"; }), kH200,
           "input pattern small_integers, not \"normal\""});
    for (const char* pattern : {"normal", "random"})
      CHECK(why_never_matched(with(kProduct, [&](auto& row) { row.input_pattern = pattern; }),
                              kH200) == "");
    never({row_of("attention_decode.bf16.*/b1_hq64_hkv8_sq1_sk2048_d128_full_page16"), kH200,
           "attention_decode has no metric flop_per_s"});
    never({with(all_reduce("nvlink", 8, 1),
                [](auto& row) { row.metric = "algorithm_bandwidth_bytes_per_s"; }),
           kH200, "no metric"});
  }

  TEST_CASE("a row of a shape that its workload has not is refused") {
    never({row_of("gemm.bf16.*/m8192_n8192_k8192_x2"), kH200, "it has no x"});
    never({row_of("gemm.bf16.*/m8192_n0_k8192"), kH200, "no such shape"});
    never({row_of("gemm.bf16.*/n8192_m8192_k8192"), kH200, "m, n and k, then b or g"});
    never({row_of("memory_copy.f32.*/bytes1073741823", "bytes_per_s"), kH200, "no multiple"});
    never({row_of("memory_copy.f32.*/bytes1024_ranks8", "bytes_per_s"), kH200, "it has no ranks"});
    const auto named = [](const char* id) {
      return with(all_reduce("nvlink", 8, 1), [&](auto& row) { row.id = CaseId::parse(id); });
    };
    never({named("all_reduce.f32.*/ranks8_bytes1024"), kH200, "its bytes, then its ranks"});
    never({named("all_reduce.f32.*/bytes1024_ranks1"), kH200, "one rank"});
    never({named("all_reduce.tf32.*/bytes1024"), kH200, "number of ranks"});
    BaselineRow search = all_reduce("nvlink", 8, 1);
    search.id = CaseId::parse("all_reduce.f32.*/best_of_search");
    search.shape = kBestOfSearch;
    never({search, kH200, "no search"});
  }

  TEST_CASE("a row of a scope or a number of nodes that cannot be is refused") {
    never({with(kProduct, [](auto& row) { row.scope_level = "cluster"; }), kH200, "on a device"});
    never({with(kProduct, [](auto& row) { row.nodes = 2; }), kH200, "no nodes"});
    never({with(all_reduce("ib", 16, 2), [](auto& row) { row.scope_level = "nvlink_domain"; }),
           kH200, "a nvlink_domain is one node"});
    never({all_reduce("ib", 8, 16), kH200, "fewer ranks than nodes"});
    CHECK(why_never_matched(all_reduce("ib", 16, 2), kH200) == "");
  }

  TEST_CASE("a fabric that is misspelt or joins fewer devices is refused and a plugin is not") {
    for (const char* fabric : {"infiniband", "nvlnk", "nvlink+shmm", "IB", "roce_v2", "rocev2"})
      never({all_reduce(fabric, 8, 1), kH200, "there is no fabric"});
    never({all_reduce("nvls", 8, 1), kH200, "by the fabric 'nvlink'"});
    never({all_reduce("ib_gdr", 16, 2), kH200, "by the fabric 'ib'"});
    never({all_reduce("nvlink", 16, 2), kH200, "NVLink joins 8 of this part, not 16"});
    CHECK(why_never_matched(all_reduce("nvlink", 72, 18), part("gb200", "10de:2941")) == "");
    for (const char* fabric : {"ib", "efa", "roce", "fastrak", "socket", "pcie+shm", "nvlink+shm"})
      CHECK(why_never_matched(all_reduce(fabric, 8, 1), kH200) == "");
    const auto here = [](BaselineRow row) {
      row.tier = "measured_here";
      return row;
    };
    CHECK(why_never_matched(here(all_reduce("spectrum_plugin", 16, 2)), kH200) == "");
    CHECK(why_never_matched(here(all_reduce("nvlnk", 8, 1)), kH200) ==
          "there is no fabric \"nvlnk\"; there are nvlink, c2c, pcie, shm, socket, tcp, ib, roce, "
          "efa, slingshot, fastrak, gpudirecttcpx, collnet");
    PartKind joined = kH200;
    for (const auto& [domain, ranks, is_possible] :
         {std::tuple{0, 16, true}, {1, 1, true}, {1, 2, false}, {16, 16, true}, {16, 17, false}}) {
      CAPTURE(domain);
      CAPTURE(ranks);
      joined.nvlink_domain = domain;
      const std::string why = why_never_matched(all_reduce("nvlink", ranks, 1), joined);
      CHECK(why.starts_with("NVLink joins") == !is_possible);
    }
  }

  TEST_CASE("no built-in profile asks for what the linter calls impossible") {
    for (const std::string& name : builtin_profile_names())
      for (const ProfileCases& line : load_profile(name).cases)
        for (const Series series : line.series_or_cold()) {
          if (spans_ranks(line.workload)) continue;
          BaselineRow row;
          row.id = {line.workload, line.dtypes.front(), line.implementations.front(),
                    line.shapes.front()};
          row.series = series;
          row.scope_level = line.scope;
          row.metric = "bytes_per_s";
          PartKind any;
          any.backend = line.backend;
          if (line.workload == "device_to_device") row.scope_level = "node";
          CHECK(why_never_matched(row, any) == "");
        }
  }
}

}  // namespace assay::test
