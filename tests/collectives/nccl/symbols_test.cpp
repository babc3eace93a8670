// NCCL's functions looked up in stubs of two versions and, where it is here, in the real library.
#include "collectives/nccl/cuda/symbols.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>

#include "tests/not_run.h"

using namespace assay;
using nccl::Feature;
using nccl::Symbols;

namespace {

std::shared_ptr<const Symbols> stub(const std::string& version) {
  setenv("ASSAY_CUDA_LIBS", (std::string(ASSAY_NCCL_STUBS) + "/" + version).c_str(), 1);
  return Symbols::open();
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("with the functions of NCCL 2.18 alone what needs newer ones is off by name") {
    const auto symbols = stub("2.18");
    CHECK(symbols->version_text() == "2.18.5");
    CHECK(bool(symbols->call().all_reduce));
    CHECK_FALSE(bool(symbols->call().mem_alloc));
    CHECK_FALSE(bool(symbols->call().all_to_all));
    CHECK(symbols->lacks(Feature::registered_buffers) ==
          "registered buffers: off, NCCL 2.18.5 has no ncclMemAlloc (since 2.19)");
    CHECK(symbols->lacks(Feature::fp8) == "fp8: off, NCCL 2.18.5 is older than 2.24");
  }

  TEST_CASE("with the functions of NCCL 2.28 nothing is off") {
    const auto symbols = stub("2.28");
    CHECK(symbols->version_text() == "2.28.9");
    CHECK(bool(symbols->call().all_to_all));
    for (const Feature feature : {Feature::registered_buffers, Feature::fp8}) {
      CHECK_FALSE(symbols->lacks(feature));
    }
  }

  TEST_CASE("an NCCL that is too old or absent is named and leaves the run with exit 3") {
    const auto message_of = [](const char* folder) {
      setenv("ASSAY_CUDA_LIBS", (std::string(ASSAY_NCCL_STUBS) + "/" + folder).c_str(), 1);
      try {
        Symbols::open();
      } catch (const Error& error) {
        CHECK(error.code() == ExitCode::missing);
        return std::string(error.what());
      }
      return std::string("opened");
    };
    const std::string folder = std::string(ASSAY_NCCL_STUBS) + "/2.17";
    CHECK(message_of("2.17") == folder + "/libnccl.so.2 is NCCL 2.17.1: 2.18 or later is needed");
  }

  TEST_CASE("the NCCL of this machine has every function that the header declares") {
    unsetenv("ASSAY_CUDA_LIBS");
    std::string reason;
    const auto symbols = Symbols::find(&reason);
    if (!symbols) test::not_run(reason);
    ncclUniqueId id{}, zero{};
    REQUIRE(symbols->call().get_unique_id(&id) == ncclSuccess);  // needs no GPU
    CHECK(std::memcmp(&id, &zero, sizeof id) != 0);
    if (symbols->version() >= NCCL_VERSION_CODE) CHECK(bool(symbols->call().all_to_all));
  }
}
