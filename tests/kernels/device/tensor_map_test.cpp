// Each rule of a tensor map, broken alone.
#include "kernels/device/tensor_map.h"

#include <doctest/doctest.h>

#include <string>

namespace assay::device {
namespace {

alignas(16) char memory[64];

TensorMapSpec good() {
  TensorMapSpec map;
  map.element = TensorElement::kBf16;
  map.rank = 3;
  map.address = memory;
  map.size = {100, 30, 4};
  map.stride_bytes = {208, 208 * 30};
  map.box = {64, 128, 1};
  map.swizzle = Swizzle::k128;
  return map;
}

std::string fault_of(const TensorMapSpec& map) {
  const char* fault = tensor_map_fault(map);
  return fault == nullptr ? "" : fault;
}

TEST_SUITE("unit") {
  TEST_CASE("a tensor map within the rules has no fault") {
    CHECK(fault_of(good()) == "");
    CHECK(tensor_map_address_fault(good()) == nullptr);
    TensorMapSpec largest = good();
    largest.size[2] = 1ull << 32;
    largest.stride_bytes[1] = (1ull << 40) - 16;
    largest.box = {64, 256, 256};
    CHECK(fault_of(largest) == "");
  }

  TEST_CASE("a tensor map that breaks a rule is refused with the reason") {
    TensorMapSpec map = good();
    map.rank = 6;
    CHECK(fault_of(map) == "a tensor map has 1 to 5 dimensions");
    map = good();
    map.size[1] = 0;
    CHECK(fault_of(map) == "a dimension is empty");
    map = good();
    map.size[2] = (1ull << 32) + 1;
    CHECK(fault_of(map) == "a dimension is larger than 2^32");
    map = good();
    map.box[1] = 0;
    CHECK(fault_of(map) == "the box is empty");
    map = good();
    map.box[1] = 257;
    CHECK(fault_of(map) == "the box is larger than 256 in a dimension");
    map = good();
    map.stride_bytes[0] = 200;
    CHECK(fault_of(map) == "a stride is not a multiple of 16 bytes");
    map = good();
    map.stride_bytes[1] = 1ull << 40;
    CHECK(fault_of(map) == "a stride is 2^40 bytes or more");
    map = good();
    map.box[0] = 60;
    CHECK(fault_of(map) == "the box's inner bytes are not a multiple of 16");
    map = good();
    map.box[0] = 72;
    CHECK(fault_of(map) == "the box's inner bytes are more than the swizzle spans");
    map.swizzle = Swizzle::kNone;
    CHECK(fault_of(map) == "");
  }

  TEST_CASE("a tensor map needs an address that is a multiple of sixteen") {
    TensorMapSpec map = good();
    map.address = memory + 8;
    CHECK(tensor_map_address_fault(map) ==
          std::string("the tensor's address is not a multiple of 16"));
    map.address = nullptr;
    CHECK(tensor_map_address_fault(map) == std::string("the tensor has no address"));
  }
}

}  // namespace
}  // namespace assay::device
