// The kernels that make and check a GEMM's matrices against the host's generator and reference: the
// same bits, the same verdict on right and wrong answers, the same words.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tests/emulator/gemm/emulated_gpu.h"
#include "tests/kernels/gemm/plain_product.h"

namespace assay::emulator {

namespace {

using test::Plain;

/// Ragged: no side is a multiple of a warp, of a thread block or of four.
const GemmShape kRagged{13, 39, 70};
const GemmShape kBatched{13, 24, 40, 3};
const GemmShape kGrouped{39, 24, 40, 1, 5};

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const void* from, Dtype dtype, std::int64_t count) {
  const auto* begin = static_cast<const std::byte*>(from);
  return {begin, begin + stored_bytes(dtype, static_cast<std::size_t>(count))};
}

/// What a product was given, and what was said of its answer.
struct Verified {
  struct Run {
    Bytes a, b, c;
    GemmPointers at;
  };
  std::vector<Run> runs;  // on integers, on normal data
  Verification said;
};

/// Changes an answer; `run` is 0 of integers, 1 of normal data.
using Fault = std::function<void(int run, const GemmPointers&)>;

Verified verified(Device& device, const Plain& plain, const GemmTerms& terms = {},
                  const Fault& fault = {}) {
  GemmOperands operands(device, plain.shape, plain.types, Plain::kSeed);
  const GemmShape& s = plain.shape;
  Verified all;
  all.said = operands.verify(
      [&](const GemmPointers& p) {
        all.runs.push_back({bytes_of(p.a, plain.types.storage, s.rows() * s.k),
                            bytes_of(p.b, plain.types.storage, s.matrices() * s.k * s.n),
                            bytes_of(p.c, plain.types.output, s.rows() * s.n), p});
        plain_product(plain, p);
        if (fault) fault(static_cast<int>(all.runs.size()) - 1, p);
      },
      terms);
  return all;
}

/// The same on the host and in the emulator, which must not differ in anything.
void check_alike(const Plain& plain, const GemmTerms& terms = {}, const Fault& fault = {}) {
  test::SmallHost host;
  Emulator emulator;
  EmulatedGpu gpu(emulator, "9.0");
  const Verified on_host = verified(host, plain, terms, fault);
  const Verified on_gpu = verified(gpu, plain, terms, fault);
  CHECK_MESSAGE(on_host.said.ok() == !fault, on_host.said.detail);
  CHECK(on_gpu.said.status == on_host.said.status);
  CHECK(on_gpu.said.detail == on_host.said.detail);
  CHECK(on_gpu.said.error == on_host.said.error);
  CHECK(on_gpu.said.tolerance == on_host.said.tolerance);
  CHECK(on_gpu.said.checksum == on_host.said.checksum);
  REQUIRE(on_gpu.runs.size() == on_host.runs.size());
  for (std::size_t i = 0; i < on_gpu.runs.size(); ++i) {
    CAPTURE(i);
    CHECK(on_gpu.runs[i].a == on_host.runs[i].a);
    CHECK(on_gpu.runs[i].b == on_host.runs[i].b);
    CHECK(on_gpu.runs[i].c == on_host.runs[i].c);
    // A right answer takes no matrix of inputs across the bus.
    if (on_host.said.ok()) CHECK_FALSE(gpu.copied(on_gpu.runs[i].at.a));
    if (on_host.said.ok()) CHECK_FALSE(gpu.copied(on_gpu.runs[i].at.b));
  }
}

GemmTypes types_of(const std::string& dtype) {
  return dtype == "f32" ? GemmTypes{} : tensor_core_types(dtype.c_str());
}

/// An element of the output as it is stored.
void change(const GemmPointers& p, Dtype output, std::int64_t at,
            const std::function<float(float)>& change_value) {
  auto* to = static_cast<std::byte*>(p.c) + static_cast<std::size_t>(at) * size_of(output);
  const auto code = encode(
      output, std::vector<float>{change_value(decode(output, {to, size_of(output)}).front())});
  std::copy(code.begin(), code.end(), to);
}

/// The corners of C and of its parts, and places where threads and rows take turns.
std::vector<std::int64_t> positions(const GemmShape& shape) {
  std::vector<std::int64_t> at;
  for (const GemmPart& part : parts_of(shape, Plain::kSeed)) {
    for (const std::int64_t row :
         {part.first_row, part.first_row + part.rows / 2, part.first_row + part.rows - 1}) {
      for (const std::int64_t column : {std::int64_t{0}, std::int64_t{3}, shape.n - 1})
        at.push_back(row * shape.n + column);
    }
  }
  for (const std::int64_t place : {31, 32, 255, 256}) at.push_back(place);
  return at;
}

/// Every position once, the kinds of change in turn: each is found and named as the host names it.
void check_faults(const Plain& plain, const GemmTerms& terms = {}) {
  const Dtype output = plain.types.output;
  const std::vector<std::function<float(float)>> changes = {
      [](float value) { return value + 1; }, [](float value) { return -value - 2; },
      [](float) { return 255.0F; }, [](float) { return -0x1p30F; }};
  std::size_t kind = 0;
  for (const std::int64_t at : positions(plain.shape)) {
    CAPTURE(at);
    const auto& changed = changes[kind++ % changes.size()];
    check_alike(plain, terms, [&](int, const GemmPointers& p) { change(p, output, at, changed); });
  }
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("operands that a GPU makes are the host's bit for bit in every dtype") {
    for (const char* dtype :
         {"f32", "tf32", "f16", "bf16", "fp8_e4m3", "fp8_e5m2", "fp4_e2m1", "int8"}) {
      CAPTURE(dtype);
      check_alike({kRagged, types_of(dtype)});
      // Longer than what an output holds of sums: elements of A are left out.
      check_alike({{3, 5, 1100}, types_of(dtype)});
    }
  }

  TEST_CASE("batches and groups in every layout are made and checked on a GPU as on the host") {
    for (const GemmShape& shape : {kRagged, kBatched, kGrouped}) {
      for (const bool a_by_columns : {false, true}) {
        for (const bool b_by_columns : {false, true}) {
          GemmTypes types = types_of("bf16");
          types.a_by_columns = a_by_columns;
          types.b_by_columns = b_by_columns;
          CAPTURE(a_by_columns);
          CAPTURE(b_by_columns);
          check_alike({shape, types});
        }
      }
    }
  }

  TEST_CASE("alpha and beta are checked on a GPU as on the host") {
    const GemmTerms terms{nullptr, kAlpha, kBeta};
    for (const char* dtype : {"f32", "bf16", "f16", "fp8_e4m3"}) {
      CAPTURE(dtype);
      const Plain plain{kBatched, types_of(dtype), kAlpha, kBeta};
      check_alike(plain, terms);
    }
    check_faults({kBatched, types_of("bf16"), kAlpha, kBeta}, terms);
  }

  TEST_CASE("scales by block are checked on a GPU as on the host") {
    const struct {
      const char* dtype;
      GemmShape shape;
      ScaledBlock block;
    } cases[] = {{"fp8_e4m3", {5, 136, 264}, {128, 128}},
                 {"fp8_e4m3", {9, 130, 140, 2}, {128, 128}},
                 {"fp8_e4m3", {9, 130, 140, 1, 3}, {128, 128}},
                 {"fp8_e4m3", {5, 39, 96}, {32, 1}},
                 {"fp4_e2m1", {5, 39, 96}, {16, 1}}};
    for (const auto& one : cases) {
      CAPTURE(one.dtype);
      CAPTURE(one.block.k);
      const auto scales = std::make_shared<const BlockScales>(
          BlockScales::drawn(one.shape, Plain::kSeed, one.block));
      const Plain plain{one.shape, types_of(one.dtype), 1, 0, scales.get()};
      check_alike(plain, {scales});
      BlockScales wrong = *scales;
      wrong.a.back() = 3 - wrong.a.back();
      const Plain with_wrong{one.shape, types_of(one.dtype), 1, 0, &wrong};
      check_alike(with_wrong, {scales}, [](int, const GemmPointers&) {});
    }
  }

  TEST_CASE("a wrong element at every kind of place is found on a GPU and named as on the host") {
    for (const GemmShape& shape : {kRagged, kBatched, kGrouped}) {
      check_faults({shape, types_of("bf16")});
    }
    check_faults({kRagged, types_of("int8")});
    check_faults({kRagged, types_of("f32")});
  }

  TEST_CASE("what no element may be is found on a GPU and named as on the host") {
    const Plain plain{kGrouped, types_of("bf16")};
    const Dtype output = plain.types.output;
    for (const int faulty_run : {0, 1}) {
      CAPTURE(faulty_run);
      for (const std::int64_t at : {0, 100, 39 * 24 - 1}) {
        CAPTURE(at);
        const auto at_run = [&](const std::function<float(float)>& changed) {
          check_alike(plain, {}, [&](int run, const GemmPointers& p) {
            if (run == faulty_run) change(p, output, at, changed);
          });
        };
        at_run([](float) { return std::nanf(""); });
        at_run([](float value) { return value + 0.75F; });
      }
      for (const int byte : {-1, 39 * 24 * 2}) {
        check_alike(plain, {}, [&](int run, const GemmPointers& p) {
          if (run == faulty_run) static_cast<std::byte*>(p.c)[byte] = std::byte{0};
        });
      }
    }
    // Two that change places within a row, and an element that was never written.
    check_alike(plain, {}, [&](int, const GemmPointers& p) {
      auto* c = static_cast<std::uint16_t*>(p.c);
      std::swap(*std::max_element(c + 24, c + 48), *std::min_element(c + 24, c + 48));
    });
    check_alike(plain, {}, [&](int, const GemmPointers& p) {
      static_cast<std::uint16_t*>(p.c)[500] = 0xFFFF;
    });
  }

  TEST_CASE("a product that spoils its inputs on a GPU is judged by what they were") {
    const Plain plain{kRagged, types_of("bf16")};
    check_alike(plain, {}, [&](int, const GemmPointers& p) {
      auto* a = static_cast<std::uint16_t*>(const_cast<void*>(p.a));
      std::fill(a, a + kRagged.m * kRagged.k, std::uint16_t{0});
      plain_product(plain, p);  // right for what it made of A
    });
  }

  TEST_CASE("a GPU that is too old for the kernels is checked by the host") {
    Emulator emulator;
    EmulatedGpu gpu(emulator, "7.5");
    const Verified all = verified(gpu, {kRagged, types_of("f16")});
    CHECK(all.said.ok());
    CHECK(gpu.copied(all.runs.front().at.a));
  }
}

}  // namespace assay::emulator
