// The plan of a product: total, within its budgets, and with tensor maps that the driver takes.
#include "kernels/gemm/sm90/plan.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/kernels/gemm/listed_products.h"

namespace assay::sm90 {
namespace {

using device::Major;
using device::TensorElement;

struct MapElements {
  TensorElement operand, output;
};
constexpr MapElements kMapElements[] = {{TensorElement::kBf16, TensorElement::kBf16},
                                        {TensorElement::kU8, TensorElement::kBf16},
                                        {TensorElement::kF32, TensorElement::kF32},
                                        {TensorElement::kU8, TensorElement::kS32}};

Product product_of(const GemmShape& shape, MapElements dtype, Major a = Major::kK,
                   Major b = Major::kK) {
  return {shape, dtype.operand, dtype.operand, dtype.output, a, b};
}

void check_maps(const Product& product) {
  for (const TileConfig& tile : kTiles) {
    if (!takes(tile, product)) continue;
    const Maps maps = maps_of(product, tile, {});
    for (const auto& map : {maps.left, maps.right, maps.c}) {
      const char* fault = device::tensor_map_fault(map);
      CHECK_MESSAGE(fault == nullptr, fault);
      // What a copy brings is what the kernel counts on: rows of one swizzle span.
      CHECK(map.box[0] * device::element_bytes(map.element) == kRowBytes);
    }
    CHECK(maps.c.box[1] == static_cast<std::uint32_t>(output_rows(tile)));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("tensor maps of all listed shapes obey the driver's rules") {
    for (const GemmShape& shape : listed_shapes()) {
      for (const MapElements dtype : kMapElements) {
        const Product product = product_of(shape, dtype);
        CHECK_FALSE(refusal(product));
        check_maps(product);
      }
      for (const Major a : {Major::kK, Major::kMn}) {
        // A column-major has rows of M elements: one row is not 16 bytes.
        if (a == Major::kMn && shape.m % 8 != 0) continue;
        const Product product = product_of(shape, kMapElements[0], a, Major::kMn);
        CHECK_FALSE(refusal(product));
        check_maps(product);
      }
    }
  }

  TEST_CASE("a shape whose rows TMA cannot copy is refused with the matrix and the rule") {
    const auto why = [](const GemmShape& shape, MapElements dtype, Major a, Major b) {
      return refusal(product_of(shape, dtype, a, b)).value_or("");
    };
    const MapElements bf16 = kMapElements[0];
    CHECK(why({64, 64, 129}, bf16, Major::kK, Major::kMn) ==
          "TMA cannot copy A, whose rows are 258 bytes: a stride is not a multiple of 16 bytes");
    CHECK(why({64, 257, 128}, bf16, Major::kK, Major::kMn).find("copy B") != std::string::npos);
    CHECK(why({64, 257, 128}, bf16, Major::kK, Major::kK).find("copy C") != std::string::npos);
    CHECK(why({63, 64, 64}, bf16, Major::kMn, Major::kMn).find("copy A") != std::string::npos);
    CHECK(why({64, 64, 64}, kMapElements[1], Major::kK, Major::kMn).find("K contiguous") !=
          std::string::npos);
    CHECK(why({1 << 30, 1 << 30, 64}, bf16, Major::kK, Major::kMn).find("tiles") !=
          std::string::npos);
  }

  TEST_CASE("the plans offered are within their budgets and sorted by cost for every shape") {
    std::vector<GemmShape> shapes = listed_shapes();
    for (const GemmShape& ragged : ragged_shapes()) shapes.push_back(ragged);
    for (const GemmShape& shape : shapes) {
      for (const MapElements dtype : kMapElements) {
        for (const int multiprocessors : {1, 3, 78, 114, 132}) {
          for (const Major a : {Major::kK, Major::kMn}) {
            const Product product = product_of(shape, dtype, a);
            const std::vector<Plan> plans = cheapest(product, multiprocessors);
            REQUIRE(!plans.empty());
            REQUIRE(plans.size() <= kMostCandidates);
            double least = 0;
            for (const Plan& plan : plans) {
              const TileConfig& tile = plan.tile;
              REQUIRE(takes(tile, product));
              REQUIRE(plan.clusters >= 1);
              REQUIRE(plan.clusters * tile.cluster <= std::max(multiprocessors, tile.cluster));
              REQUIRE(plan.schedule.splits <= plan.schedule.k_blocks);
              REQUIRE(partials_bytes(plan.schedule, tile) <= kMostPartialsBytes);
              const double cycles = cost(product, tile, plan.schedule, multiprocessors);
              REQUIRE(cycles >= least);
              least = cycles;
            }
          }
        }
      }
    }
  }

  TEST_CASE("large products take large tiles in clusters and few rows take swapped ones") {
    const auto tile = [](const GemmShape& shape) {
      return cheapest(product_of(shape, kMapElements[0], Major::kK, Major::kMn), 132).front().tile;
    };
    CHECK(tile({8192, 8192, 8192}).cluster == 2);
    CHECK(tile({4096, 4096, 4096}).cluster == 2);
    CHECK(accumulators(tile({4096, 4096, 4096})) == 128);  // as many as a thread has room for
    for (const std::int64_t m : {1, 8, 64}) {
      CHECK(tile({m, 8192, 8192}).swapped);
      CHECK(tile({m, 8192, 8192}).right == std::max<std::int64_t>(m, 8));
    }
  }

  TEST_CASE(
      "ping-pong is expected to win where K is short and not where there is one tile a block") {
    const auto is_ping_pong = [](const GemmShape& shape) {
      return cheapest(product_of(shape, kMapElements[0], Major::kK, Major::kMn), 132)
          .front()
          .tile.ping_pong;
    };
    CHECK(is_ping_pong({8192, 8192, 512}));
    CHECK(is_ping_pong({16384, 32768, 512}));
    CHECK_FALSE(is_ping_pong({1056, 2048, 512}));
  }

  TEST_CASE("a grid that is too small for the device is split along K") {
    const Plan plan =
        cheapest(product_of({64, 2112, 7168}, kMapElements[0], Major::kK, Major::kMn), 132).front();
    CHECK(plan.schedule.splits > 1);
    CHECK(plan.schedule.count() > 66);
  }

  TEST_CASE("what a configuration may not be is said in words") {
    CHECK(tile_fault({128, 256, 2, 5, 2}) == std::string("more shared memory than a block has"));
    CHECK(tile_fault({256, 256, 2, 2, 2}) ==
          std::string("the accumulators leave too few registers"));
    CHECK(tile_fault({96, 128, 2, 2, 1}) != nullptr);
    CHECK(tile_fault({128, 32, 2, 2, 1}) != nullptr);
    CHECK(tile_fault({128, 32, 2, 2, 1, true}) == nullptr);
    CHECK(tile_fault({128, 128, 2, 2, 1, false, true}) == nullptr);
    CHECK(tile_fault({192, 64, 3, 2, 1, false, true}) == std::string("ping-pong is played by two"));
    CHECK(tile_fault({256, 128, 2, 2, 1, false, true}) ==
          std::string("the accumulators leave too few registers"));
    for (const TileConfig& tile : kTiles) {
      CHECK(tile_fault(tile) == nullptr);
      TileConfig more = tile;
      more.stages += 3;  // each has nearly as many as fit
      CHECK(tile_fault(more) != nullptr);
    }
  }
}

}  // namespace
}  // namespace assay::sm90
