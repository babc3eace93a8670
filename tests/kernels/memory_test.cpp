// Memory workloads: every element is checked, and byte counts follow the conventions.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "kernels/catalogue.h"
#include "kernels/memory/arrays.h"
#include "tests/kernels/small_host.h"

namespace assay {
namespace {

using test::SmallHost;

constexpr MemoryOperation kOperations[] = {MemoryOperation::read, MemoryOperation::write,
                                           MemoryOperation::copy, MemoryOperation::triad};

/// The plain loop of each operation; memory_read leaves two partial sums.
void plain_pass(MemoryOperation operation, const MemoryPointers& p) {
  auto* a = static_cast<float*>(p.out);
  std::uint32_t sums[2] = {};
  for (std::int64_t i = 0; i < p.count; ++i) {
    switch (operation) {
      case MemoryOperation::read:
        sums[i % 2] += std::bit_cast<std::uint32_t>(p.b[i]);
        break;
      case MemoryOperation::write:
        a[i] = written_value(static_cast<std::uint32_t>(i));
        break;
      case MemoryOperation::copy:
        a[i] = p.b[i];
        break;
      case MemoryOperation::triad:
        a[i] = std::fma(kTriadFactor, p.c[i], p.b[i]);  // fused answers alike
        break;
    }
  }
  if (operation == MemoryOperation::read) std::memcpy(p.out, sums, sizeof sums);
}

TEST_SUITE("unit") {
  TEST_CASE("a right pass of each memory workload is exact") {
    SmallHost host;
    for (const auto operation : kOperations) {
      MemoryArrays arrays(host, operation, 4096 * 4 + 16, 3);
      const auto verification =
          arrays.verify([&](const MemoryPointers& p) { plain_pass(operation, p); }, 2);
      CHECK_MESSAGE(verification.status == Verification::Status::exact, verification.detail);
      CHECK(verification.checksum->size() == 32);
    }
  }

  TEST_CASE("one wrong or unwritten or extra word of a memory workload is caught") {
    SmallHost host;
    for (const auto operation : kOperations) {
      const bool sums = operation == MemoryOperation::read;
      MemoryArrays arrays(host, operation, 4096, 3);
      const auto verify_after = [&](auto fault) {
        return arrays.verify(
            [&](const MemoryPointers& p) {
              plain_pass(operation, p);
              fault(static_cast<float*>(p.out));
            },
            2);
      };
      const std::int64_t last = sums ? 1 : 1023;
      CHECK_FALSE(verify_after([&](float* a) { a[last] = -a[last]; }).ok());
      CHECK_FALSE(verify_after([&](float* a) { std::memset(a + last, 0xFF, 4); }).ok());
      CHECK_FALSE(verify_after([&](float* a) { a[sums ? kMaxPartials : 1024] = 0; }).ok());
    }
  }

  TEST_CASE("moved bytes count every array once and no write allocate") {
    SmallHost host;
    const double arrays_moved[] = {1, 1, 2, 3};
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(MemoryArrays(host, kOperations[i], 4096, 3).work().moved_bytes ==
            arrays_moved[i] * 4096);
    }
  }

  TEST_CASE("every host memory workload passes its verification") {
    for (const int threads : {1, 3}) {
      SmallHost host(threads);
      int found = 0;
      for (const auto& implementation : catalogue()) {
        if (implementation->workload().rfind("memory_", 0) != 0 ||
            implementation->backend() != Backend::host) {
          continue;
        }
        ++found;
        for (const std::int64_t bytes : {16, 4096, 100000}) {
          const Shape shape{{"bytes", bytes}};
          REQUIRE_FALSE(implementation->refuses(shape, host));
          GroupContext context(host, {implementation->workload(), "f32", "", shape}, 9);
          const auto timed = implementation->prepare(context);
          const auto verification = timed->verify();
          REQUIRE_MESSAGE(verification.status == Verification::Status::exact,
                          implementation->workload(), ": ", verification.detail);
          timed->enqueue(timed->operand_sets() - 1);
        }
      }
      CHECK(found == 4);
    }
  }
}

}  // namespace
}  // namespace assay
