// Work from a case's id: one convention of FLOP, and each operand moved once.
#include "harness/core/case_work.h"

#include <doctest/doctest.h>

#include "harness/core/device_light.h"

namespace assay {

TEST_SUITE("unit") {
  TEST_CASE("the work of a case has the FLOP that a document's rate is checked by") {
    for (const char* text :
         {"attention_forward.bf16.sm90/b1_hq2_hkv1_sq4_sk4_d8_causal",
          "attention_backward.bf16.sm90/b2_hq4_hkv2_sq16_sk64_d8_causal",
          "attention_forward.bf16.sm90/b2_hq4_hkv2_sq16_sk64_d8_w8",
          "gemm.bf16.sm90/m64_n32_k16_b8", "memory_triad.f32.stream/bytes4096"}) {
      CAPTURE(text);
      const CaseId id = CaseId::parse(text);
      REQUIRE(work_of(id));
      CHECK(work_of(id)->flop == flop_of(id));
    }
    // Half of the square counts for a causal mask: 8 of 16 pairs, 2 heads, widths of 8 and 8.
    CHECK(
        work_of(CaseId::parse("attention_forward.bf16.sm90/b1_hq2_hkv1_sq4_sk4_d8_causal"))->flop ==
        2 * 2 * 8 * 16);
    // Five products instead of two.
    CHECK(work_of(CaseId::parse("attention_backward.bf16.sm90/b1_hq2_hkv1_sq4_sk4_d8_causal"))
              ->flop == 5 * 2 * 8 * 16);
  }

  TEST_CASE("memory and link cases move what their arrays hold and compute what is theirs") {
    struct Row {
      const char* workload;
      double bytes, flop;
    };
    for (const Row& row : {Row{"memory_read", 4096, 0}, Row{"memory_write", 4096, 0},
                           Row{"memory_copy", 8192, 0}, Row{"memory_triad", 12288, 2048},
                           Row{"host_to_device", 4096, 0}, Row{"device_to_host", 4096, 0}}) {
      CAPTURE(std::string(row.workload));
      const CaseId id = CaseId::parse(std::string(row.workload) + ".f32.x/bytes4096");
      CHECK(flop_of(id) == row.flop);
      CHECK(moved_bytes_of(id) == row.bytes);
    }
    CHECK(moved_bytes_of(CaseId::parse("gemm.bf16.x/m1_n1_k1")) == std::nullopt);
    CHECK(flop_of(CaseId::parse("all_reduce.bf16.x/bytes8")) == std::nullopt);
  }

  TEST_CASE("a copy between host and device takes the link's time where its rate is known") {
    Measurement one;
    one.metrics = {{"flop", 3.0}, {"moved_bytes", 4096.0}};
    DeviceFacts device;
    struct Row {
      const char* workload;
      std::optional<double> link, taken;
    };
    for (const Row& row : {Row{"host_to_device", 5e9, 5e9}, Row{"device_to_host", 5e9, 5e9},
                           Row{"host_to_device", {}, 0}, Row{"device_to_host", {}, 0},
                           Row{"memory_copy", 5e9, {}}}) {
      CAPTURE(row.workload);
      one.id = CaseId::parse(std::string(row.workload) + ".f32.x/bytes4096");
      device.speed_of_light.pcie_bytes_per_s = row.link;
      const Work work = work_of(one, device);
      CHECK(work.flop == 3);
      CHECK(work.moved_bytes == 4096);
      CHECK(work.link_bytes_per_s == row.taken);
    }
  }

  TEST_CASE("the diagonal of a causal mask counts half and a window exactly") {
    const auto pairs = [](const std::string& shape) {
      const CaseId id = CaseId::parse("attention_forward.bf16.sm90/b1_hq1_hkv1_" + shape);
      return work_of(id)->flop / (2 * (8 + 8));
    };
    CHECK(pairs("sq4_sk10_d8_full") == 40);
    CHECK(pairs("sq4_sk10_d8_causal") == 32);
    CHECK(pairs("sq10_sk4_d8_causal") == 8);
    CHECK(pairs("sq4_sk4_d8_w2") == 7);
  }

  TEST_CASE("packed sequences count their own positions and pairs") {
    const auto work =
        work_of(CaseId::parse("attention_forward.bf16.sm90/b9_hq2_hkv1_sq16_sk32_d8_full_varlen"));
    REQUIRE(work);
    // 16, 4, 10, 2, 8, 14, 6, 12 and 16 queries, each with twice as many keys.
    CHECK(work->flop == 2.0 * 2 * 16 * 2 * (256 + 16 + 100 + 4 + 64 + 196 + 36 + 144 + 256));
    CHECK(work->moved_bytes == 2.0 * 16 * (2 * 88 + 176) + 4 * 2 * 88);
  }

  TEST_CASE("a decode step moves its cache and a product each operand once") {
    const auto bytes = [](const char* text) { return work_of(CaseId::parse(text))->moved_bytes; };
    CHECK(bytes("attention_decode.bf16.sm80/b2_hq8_hkv2_sq1_sk128_d64") == 2 * 2 * 128 * 128 * 2);
    CHECK(bytes("attention_decode.bf16.sm90/b2_hq8_hkv1_sq1_sk128_d576_dv512_full_page64_latent") ==
          2 * 128 * 576 * 2);
    // Q, K, V, O, their gradients, and one log-sum-exp a row.
    CHECK(bytes("attention_backward.bf16.sm90/b1_hq2_hkv1_sq4_sk6_d8_causal") ==
          2 * 2 * 8 * (2 * (2 * 4 + 1 * 6)) + 4 * 2 * 4);
    // O is stored as products are.
    CHECK(bytes("attention_forward.fp8_e4m3.sm90/b1_hq2_hkv1_sq4_sk16_d8_full") ==
          8 * (2 * 4 + 2 * 16) + 2 * 8 * 2 * 4 + 4 * 2 * 4);
    CHECK(bytes("gemm.bf16.sm90/m64_n32_k16") == 2 * (64 * 16 + 16 * 32 + 64 * 32));
    CHECK(bytes("memory_copy.f32.stream/bytes4096") == 8192);
    CHECK(bytes("device_to_device.f32.copy_engine/bytes4096") == 4096);
    CHECK_FALSE(work_of(CaseId::parse("pair.f32.gloo/bytes4096_ranks2")));
    CHECK_FALSE(work_of(CaseId::parse("gemm.bf16.sm90/m64_n32")));
  }
}

}  // namespace assay
