// A real GPU fills and compares what repeats by itself.
#include <doctest/doctest.h>

#include "harness/measure/device.h"
#include "tests/open_gpus.h"

namespace assay {
namespace {

ElementPattern counting(std::size_t width) {
  std::vector<std::byte> period(1021 * width);
  for (std::size_t i = 0; i < period.size(); ++i) period[i] = static_cast<std::byte>(i * 7 % 251);
  return {width, period};
}

void flip_bit(Device& device, Buffer& buffer, std::size_t byte) {
  BufferPart one(buffer, byte, 1);
  unsigned char value = 0;
  device.copy_out(&value, one, 1);
  value ^= 0x20;
  device.copy_in(one, &value, 1);
}

TEST_SUITE("gpu") {
  TEST_CASE(
      "a GPU fills part of a buffer with a pattern and finds the bit that was flipped in it") {
    const auto devices = test::open_gpus();
    Device& device = *devices[0];
    for (const std::size_t width : {1u, 2u, 4u}) {
      const ElementPattern pattern = counting(width);
      const std::size_t count = (std::size_t{3} << 20) + 17, before = 3 * width, after = 64;
      const auto buffer = device.allocate(before + count * width + after);
      device.fill(*buffer, 0xFF);
      BufferPart part(*buffer, before, count * width);
      device.fill_with(part, pattern);
      CHECK_FALSE(device.first_mismatch(part, pattern));
      std::vector<std::byte> all(buffer->size_bytes(), std::byte{0xFF});
      pattern.write(all.data() + before, count);
      std::vector<std::byte> got(all.size());
      device.copy_out(got.data(), *buffer, got.size());
      CHECK(got == all);
      for (const std::size_t wrong :
           {count - 1, std::size_t{70'001}, std::size_t{1021}, std::size_t{1020}, std::size_t{0}}) {
        flip_bit(device, part, wrong * width);  // each stays, and a later one is not named
        CHECK(device.first_mismatch(part, pattern) == wrong);
      }
    }
  }
  TEST_CASE("a GPU names a wrong element beyond four billion of them") {
    const auto devices = test::open_gpus();
    Device& device = *devices[0];
    const std::size_t bytes = (std::size_t{1} << 32) + 4099;
    if (device.free_memory_bytes() < bytes + (std::size_t{1} << 28))
      test::not_run("it needs 4.3 GiB of the GPU's memory");
    const ElementPattern pattern = counting(1);
    const auto buffer = device.allocate(bytes);
    device.fill_with(*buffer, pattern);
    CHECK_FALSE(device.first_mismatch(*buffer, pattern));
    flip_bit(device, *buffer, bytes - 2);
    CHECK(device.first_mismatch(*buffer, pattern) == bytes - 2);
    BufferPart tail(*buffer, std::size_t{1} << 32, 4);
    std::uint32_t bits = 0;
    device.copy_out(&bits, tail, 4);
    std::uint32_t right = 0;
    for (unsigned i = 0; i < 4; ++i) right |= pattern.bits((std::uint64_t{1} << 32) + i) << 8 * i;
    CHECK(bits == right);
  }
}

}  // namespace
}  // namespace assay
