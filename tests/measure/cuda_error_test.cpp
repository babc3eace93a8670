// Which errors of CUDA's take the device away from the process.
#ifdef ASSAY_HAVE_CUDA
#include <doctest/doctest.h>

#include "harness/measure/cuda/check.h"

using namespace assay;

TEST_SUITE("unit") {
  TEST_CASE("an error that every later call would give too means that the device is lost") {
    check(cudaSuccess, "anything");
    for (const cudaError_t sticky :
         {cudaErrorIllegalAddress, cudaErrorLaunchTimeout, cudaErrorAssert,
          cudaErrorHardwareStackError, cudaErrorIllegalInstruction, cudaErrorMisalignedAddress,
          cudaErrorInvalidAddressSpace, cudaErrorInvalidPc, cudaErrorLaunchFailure,
          cudaErrorECCUncorrectable, cudaErrorNvlinkUncorrectable})
      CHECK_THROWS_AS(check(sticky, "running a case"), DeviceLost);
    for (const cudaError_t passing :
         {cudaErrorMemoryAllocation, cudaErrorInvalidValue, cudaErrorLaunchOutOfResources,
          cudaErrorNotSupported, cudaErrorInsufficientDriver}) {
      CHECK_THROWS_AS(check(passing, "running a case"), Error);
      try {
        check(passing, "running a case");
      } catch (const Error& error) {
        CHECK(dynamic_cast<const DeviceLost*>(&error) == nullptr);
      }
    }
  }
}
#endif
