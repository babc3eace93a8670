// Makes the inputs of every case and runs it in the emulator.
#include "tests/gpu/emulate.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "harness/core/error.h"
#include "kernels/device/formats.h"
#include "kernels/emulator/emulator.h"
#include "tests/gpu/ladder_variants.h"

namespace assay::gpu {

namespace {

struct ListedCase {
  const char* variant;
  LadderShape shape;
  int blocks;
};

/// Small, since the emulator computes them: most go round their rings twice; edges are ragged.
constexpr ListedCase kCases[] = {
    {"tma_copy.f32.rows8_stages3", {109, 32, 0}, 2},
    {"tma_copy.f32.rows64_stages4", {571, 32, 0}, 1},
    {"swizzled_transpose.f32.stages2", {76, 60, 0}, 1},
    {"swizzled_transpose.f32.stages2", {160, 128, 0}, 3},
    {"tile_product.bf16.n64_stages2", {120, 120, 136}, 1},
    {"tile_product.bf16.n64_stages2", {256, 128, 256}, 3},
    {"tile_product.bf16.n256_stages3", {256, 512, 256}, 2},
    {"tile_product.bf16.n256_stages3", {200, 264, 200}, 3},
    {"tile_product.bf16.n64_stages2_cluster2", {256, 120, 136}, 2},
    {"tile_product.bf16.n64_stages2_cluster2", {300, 200, 136}, 4},
    {"tile_product.bf16.n256_stages3_cluster2", {256, 264, 200}, 2},
};

template <typename T>
void append(Bytes& bytes, T value) {
  const auto raw = std::as_bytes(std::span<const T>(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// Products: integers from -2 to 2, or multiples of 2^-20 between -1 and 1 rounded to bf16. What is
/// only moved: integers, or any bits at all.
Bytes make_array(const LadderCase& one, std::size_t bytes, std::uint64_t seed) {
  emulator::Random random(seed);
  const bool integers = one.data == kIntegers;
  Bytes array;
  array.reserve(bytes);
  while (array.size() < bytes) {
    if (one.dtype == "bf16") {
      const float value = integers ? static_cast<float>(random.below(5)) - 2.0f
                                   : static_cast<float>(random.below(1u << 21)) * 0x1p-20f - 1.0f;
      append(array, device::to_bf16(value).bits);
    } else if (integers) {
      append(array, static_cast<float>(random.below(1u << 24)));
    } else {
      append(array,
             static_cast<std::uint32_t>(random.below(1u << 16) << 16 | random.below(1u << 16)));
    }
  }
  return array;
}

const LadderVariant& variant_of(const LadderCase& one) {
  const auto all = ladder_variants();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const LadderVariant& v) { return v.name == one.variant; });
  if (found == all.end()) throw Error("no kernel of the ladder is called " + one.variant);
  return *found;
}

void emulate(LadderCase& one, const emulator::Settings& settings) {
  emulator::Emulator emulator(settings);
  const auto input = [&](const char* name, const Bytes& from) {
    const auto to = emulator.input<std::byte>(name, from.size());
    std::copy(from.begin(), from.end(), to.begin());
    return to.data();
  };
  LadderArrays arrays;
  arrays.a = input("a", one.a);
  if (one.is_product()) arrays.b = input("b", one.b);
  const auto c = emulator.output<std::byte>("c", one.bytes_c());
  arrays.c = c.data();
  try {
    variant_of(one).launch(one.shape, one.blocks, arrays);
  } catch (const emulator::Failure& failure) {
    throw Error("emulating " + one.name() + ": " + failure.text());
  }
  one.c.assign(c.begin(), c.end());
}

}  // namespace

std::vector<LadderCase> emulate_ladder(std::uint64_t schedule) {
  emulator::Settings settings;
  settings.seed = schedule;
  settings.mode = emulator::kAllModes[schedule % std::size(emulator::kAllModes)];
  std::vector<LadderCase> cases;
  for (const ListedCase& listed : kCases) {
    for (const std::string_view data : {kIntegers, kRandom}) {
      LadderCase one;
      one.variant = listed.variant;
      one.dtype = listed.shape.k > 0 ? "bf16" : "f32";
      one.shape = listed.shape;
      one.blocks = listed.blocks;
      one.data = data;
      one.a = make_array(one, one.bytes_a(), 2 * cases.size() + 1);
      one.b = make_array(one, one.bytes_b(), 2 * cases.size() + 2);
      emulate(one, settings);
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

}  // namespace assay::gpu
