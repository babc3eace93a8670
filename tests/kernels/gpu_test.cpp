// Every GPU implementation passes its verification on a real device.
#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "kernels/catalogue.h"
#include "tests/not_run.h"

namespace assay {
namespace {

std::vector<std::unique_ptr<Device>> gpus() {
  try {
    return open_devices(choose_backend("cuda"));
  } catch (const Error& none) {
    if (none.code() != ExitCode::missing) throw;  // a driver that does not work is a failure
    test::not_run(none.what());
  }
}

std::vector<Shape> shapes_of(const std::string& workload) {
  if (workload == "gemm") {
    return {{{"m", 64}, {"n", 64}, {"k", 64}},
            {{"m", 1}, {"n", 1000}, {"k", 520}},
            {{"m", 1031}, {"n", 257}, {"k", 129}},
            {{"m", 8}, {"n", 1040}, {"k", 4112}},  // few rows, split along K
            {{"m", 17}, {"n", 528}, {"k", 1040}},
            {{"m", 257}, {"n", 528}, {"k", 208}},
            {{"m", 1024}, {"n", 1024}, {"k", 1024}},
            {{"m", 2056}, {"n", 2064}, {"k", 528}}};  // large tiles in clusters, ragged
  }
  if (workload.rfind("memory_", 0) == 0) {
    return {{{"bytes", 16}}, {{"bytes", 1 << 20}}, {{"bytes", (64 << 20) + 48}}};
  }
  return {};
}

TEST_SUITE("gpu") {
  TEST_CASE("every CUDA GEMM and memory workload passes its verification") {
    const auto devices = gpus();
    int verified = 0;
    for (const auto& one : catalogue()) {
      if (one->backend() != Backend::cuda) continue;
      for (const Shape& shape : shapes_of(one->workload())) {
        if (const auto why = one->refuses(shape, *devices[0])) {
          MESSAGE(one->name(), " ", shape.str(), " is not applicable: ", *why);
          continue;
        }
        GroupContext context(*devices[0], {one->workload(), one->dtype(), "", shape}, 5);
        const auto verification = one->prepare(context)->verify();
        CHECK_MESSAGE(verification.ok(), one->workload(), ".", one->dtype(), ".", one->name(), "/",
                      shape.str(), ": ", verification.detail);
        ++verified;
      }
    }
    CHECK(verified > 0);
  }
}

}  // namespace
}  // namespace assay
