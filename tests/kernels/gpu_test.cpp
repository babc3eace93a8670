// Every GPU implementation passes its verification on a real device.
#include <doctest/doctest.h>

#include <cstring>

#include "kernels/catalogue.h"
#include "kernels/gemm/operands.h"
#include "tests/kernels/small_host.h"
#include "tests/kernels/verify_each.h"
#include "tests/open_gpus.h"

namespace assay {
namespace {

std::vector<Shape> shapes_of(const std::string& workload) {
  if (workload == "gemm") {
    return {{{"m", 64}, {"n", 64}, {"k", 64}},
            {{"m", 1}, {"n", 1000}, {"k", 520}},
            {{"m", 1031}, {"n", 257}, {"k", 129}},
            {{"m", 8}, {"n", 1040}, {"k", 4112}},  // few rows, split along K
            {{"m", 17}, {"n", 528}, {"k", 1040}},
            {{"m", 257}, {"n", 528}, {"k", 208}},
            {{"m", 1024}, {"n", 1024}, {"k", 1024}},
            {{"m", 2056}, {"n", 2064}, {"k", 528}},  // large tiles in clusters, ragged
            {{"m", 65}, {"n", 208}, {"k", 144}, {"b", 3}},
            {{"m", 257}, {"n", 528}, {"k", 208}, {"g", 4}}};
  }
  if (workload.rfind("memory_", 0) == 0) {
    return {{{"bytes", 16}}, {{"bytes", 1 << 20}}, {{"bytes", (64 << 20) + 48}}};
  }
  if (workload == "attention_decode") {
    return {Shape::parse("b3_hq6_hkv2_sq1_sk777_d128_full_page16"),
            Shape::parse("b2_hq8_hkv2_sq3_sk1333_d64_causal_page64"),
            Shape::parse("b3_hq16_hkv1_sq1_sk777_d576_dv512_full_page16_latent"),
            Shape::parse("b2_hq50_hkv1_sq2_sk1333_d576_dv512_causal_page64_latent")};
  }
  // A library's causal mask takes as many keys as queries, or multiples of 64.
  if (workload == "attention_forward" || workload == "attention_backward") {
    return {Shape::parse("b2_hq8_hkv2_sq333_sk333_d128_causal"),
            Shape::parse("b1_hq4_hkv4_sq200_sk1100_d64_full"),
            Shape::parse("b2_hq8_hkv2_sq512_sk1024_d128_causal")};
  }
  return {};
}

/// The device, and every buffer that was allocated on it in turn.
class Recorded final : public Device {
 public:
  explicit Recorded(Device& device) : device_(device) {}
  Backend backend() const override { return device_.backend(); }
  const DeviceFacts& facts() const override { return device_.facts(); }
  Instrument& instrument() override { return device_.instrument(); }
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override {
    auto buffer = device_.allocate(bytes);
    buffers.push_back(buffer.get());
    return buffer;
  }
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override {
    device_.copy_in(to, from, bytes);
  }
  void copy_out(void* to, Buffer& from, std::size_t bytes) override {
    device_.copy_out(to, from, bytes);
  }
  void fill(Buffer& buffer, unsigned char byte) override { device_.fill(buffer, byte); }
  void synchronize() override { device_.synchronize(); }
  std::size_t cache_bytes() const override { return device_.cache_bytes(); }
  std::size_t free_memory_bytes() const override { return device_.free_memory_bytes(); }
  void* stream() override { return device_.stream(); }

  std::vector<Buffer*> buffers;

 private:
  Device& device_;
};

TEST_SUITE("gpu") {
  TEST_CASE("a bit that flips in a buffer of the GPU is found and its tile is named") {
    const auto devices = test::open_gpus();
    const Shape shape{{"m", 256}, {"n", 264}, {"k", 72}};
    int searched = 0;
    for (const auto& one : catalogue()) {
      if (!one->name().ends_with("_sdc") || one->refuses(shape, *devices[0])) continue;
      CAPTURE(one->name());
      Recorded device(*devices[0]);
      GroupContext context(device, {one->workload(), one->dtype(), "", shape}, 5);
      const auto search = one->prepare(context);
      const Verification verification = search->verify();
      REQUIRE_MESSAGE(verification.ok(), verification.detail);
      search->enqueue(0);
      CHECK_FALSE(search->wrong_after_samples());
      // The first operand set's A comes first: the sign of an element of row 130.
      std::vector<std::uint16_t> a(256 * 72);
      device.copy_out(a.data(), *device.buffers[0], 2 * a.size());
      a[130 * 72 + 5] ^= 0x8000;
      device.copy_in(*device.buffers[0], a.data(), 2 * a.size());
      search->enqueue(0);
      const auto wrong = search->wrong_after_samples();
      REQUIRE(wrong);
      CHECK_MESSAGE(wrong->find("tile (1, 0)") != std::string::npos, *wrong);
      ++searched;
    }
    if (searched == 0) test::not_run("no search for corrupted results runs on this GPU");
  }

  // The emulator shows it too, but not how a GPU divides and takes roots.
  TEST_CASE("operands that the GPU makes are the host's bit for bit") {
    const auto devices = test::open_gpus();
    test::SmallHost host;
    const GemmShape shape{257, 131, 130};
    for (const char* dtype : {"tf32", "f16", "bf16", "fp8_e4m3", "fp8_e5m2", "fp4_e2m1", "int8"}) {
      CAPTURE(dtype);
      const GemmTypes types = tensor_core_types(dtype);
      Recorded device(*devices[0]);
      GemmOperands made(device, shape, types, 5), by_host(host, shape, types, 5);
      const void* const right[] = {by_host.set(0).a, by_host.set(0).b};
      for (std::size_t i = 0; i < 2; ++i) {  // A and B of the first set were allocated first
        std::vector<std::byte> found(device.buffers[i]->size_bytes());
        device.copy_out(found.data(), *device.buffers[i], found.size());
        CHECK(std::memcmp(found.data(), right[i], found.size()) == 0);
      }
      const auto unwritten = made.verify([](const GemmPointers&) {});
      CHECK_MESSAGE(unwritten.detail.find("(0, 0) was never written") != std::string::npos,
                    unwritten.detail);
    }
  }

  // A case of each kernel: what one throws hides no other, and -sc runs one by itself.
  TEST_CASE("every CUDA GEMM and attention and memory workload passes its verification") {
    const auto devices = test::open_gpus();
    for (const auto& one : catalogue()) {
      const auto shapes = shapes_of(one->workload());
      if (one->backend() != Backend::cuda || shapes.empty()) continue;
      const std::string kernel = one->workload() + "." + one->dtype() + "." + one->name();
      SUBCASE(kernel.c_str()) {
        for (const std::string& failure : test::failures_of(*one, *devices[0], shapes))
          FAIL_CHECK(failure);
      }
    }
  }
}

}  // namespace
}  // namespace assay
