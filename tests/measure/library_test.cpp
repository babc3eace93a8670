// Vendor libraries and the backend that a machine has, on stubs of both.
#include "harness/measure/library.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/measure/backend.h"
#include "harness/measure/device.h"
#include "harness/measure/vendor_versions.h"
#include "tests/not_run.h"

using namespace assay;
namespace fs = std::filesystem;

namespace {

/// An empty folder, gone with the object.
struct TemporaryFolder {
  TemporaryFolder() {
    char pattern[] = "/tmp/assay-measure-XXXXXX";
    path = mkdtemp(pattern);
  }
  ~TemporaryFolder() { fs::remove_all(path); }
  fs::path path;
};

void look_in(const fs::path& folder) { setenv("ASSAY_CUDA_LIBS", folder.c_str(), 1); }

void look_at_stub_driver(const char* init_code, const char* devices) {
  look_in(ASSAY_STUBS);
  setenv("ASSAY_STUB_CUDA_INIT", init_code, 1);
  setenv("ASSAY_STUB_CUDA_DEVICES", devices, 1);
}

void skip_with_a_driver() {
  unsetenv("ASSAY_CUDA_LIBS");
  if (Library::find("libcuda.so.1")) test::not_run("this machine has a CUDA driver of its own");
}

ExitCode code_of(const std::string& asked) {
  try {
    choose_backend(asked);
    return ExitCode::passed;
  } catch (const Error& error) {
    return error.code();
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a library is found in the folder that the environment names") {
    look_in(fs::path("/nowhere:") += ASSAY_STUBS);
    const Library library = Library::open("libcuda.so.1");
    CHECK(library.path() == std::string(ASSAY_STUBS) + "/libcuda.so.1");
    int version = 0;
    CHECK(library.sym<int (*)(int*)>("cuDriverGetVersion")(&version) == 0);
    CHECK(version == 13000);
    CHECK((library.find_sym<int (*)()>("cuNothing") == nullptr));
    CHECK_THROWS_WITH_AS(library.sym<int (*)()>("cuNothing"),
                         (library.path() + " has no function cuNothing: this version of the "
                                           "library is not supported")
                             .c_str(),
                         Error);
  }

  TEST_CASE("a library that is absent is named with what to do and exit code 3") {
    try {
      Library::open("libassay-nothing.so.9");
      FAIL("it was opened");
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::missing);
      CHECK(std::string(error.what()).find("libassay-nothing.so.9") == 0);
      CHECK(std::string(error.what()).find("ASSAY_CUDA_LIBS") != std::string::npos);
    }
  }

  TEST_CASE("a library that is there and broken is said to be broken") {
    const TemporaryFolder folder;
    std::ofstream(folder.path / "libbroken.so.1") << "no ELF";
    look_in(folder.path);
    std::string reason;
    CHECK_FALSE(Library::find("libbroken.so.1", &reason));
    CHECK(reason.find("does not load") != std::string::npos);
  }

  TEST_CASE("the search goes from the environment over the loader to the wheels") {
    const TemporaryFolder folder;
    const fs::path wheels = folder.path / "lib/python3.11/site-packages/nvidia";
    for (const char* package : {"cu13/lib", "cudnn/lib", "nccl/lib"}) {
      fs::create_directories(wheels / package);
    }
    std::ofstream(wheels / "cudnn/lib/libcudnn.so.9") << "";
    setenv("VIRTUAL_ENV", folder.path.c_str(), 1);
    look_in("/first");
    const auto candidates = library_candidates("libcudnn.so.9");
    REQUIRE(candidates.size() >= 4);
    CHECK(candidates[0] == "/first/libcudnn.so.9");
    CHECK(candidates[1] == "libcudnn.so.9");
    CHECK(candidates[2] == "/usr/local/cuda/lib64/libcudnn.so.9");
    CHECK(candidates[3] == (wheels / "cudnn/lib/libcudnn.so.9").string());
  }

  TEST_CASE("without a driver auto is the host and cuda is missing") {
    skip_with_a_driver();
    if (fs::exists("/dev/nvidiactl")) test::not_run("this machine has an NVIDIA device node");
    CHECK(choose_backend("auto") == Backend::host);
    CHECK(choose_backend("host") == Backend::host);
    CHECK(code_of("cuda") == ExitCode::missing);
    CHECK(code_of("rocm") == ExitCode::broken);
  }

  TEST_CASE("a driver that does not work is broken and never the host") {
    look_at_stub_driver("999", "1");
    CHECK(probe_cuda_driver().state == CudaDriver::State::broken);
    CHECK(probe_cuda_driver().detail.find("CUDA_ERROR_STUB") != std::string::npos);
    for (const char* asked : {"auto", "cuda"}) CHECK(code_of(asked) == ExitCode::broken);
    CHECK(choose_backend("host") == Backend::host);
  }

  TEST_CASE("a driver that sees no device is broken and never the host") {
    look_at_stub_driver("0", "0");
    for (const char* asked : {"auto", "cuda"}) CHECK(code_of(asked) == ExitCode::broken);
  }

  TEST_CASE("a driver that works is chosen by auto") {
    look_at_stub_driver("0", "2");
    CHECK(probe_cuda_driver().state == CudaDriver::State::working);
    CHECK(probe_cuda_driver().device_count == 2);
#ifdef ASSAY_HAVE_CUDA
    for (const char* asked : {"auto", "cuda"}) CHECK(choose_backend(asked) == Backend::cuda);
#else
    for (const char* asked : {"auto", "cuda"}) CHECK(code_of(asked) == ExitCode::missing);
#endif
  }

  TEST_CASE("a device node without a driver library is broken and never absent") {
    skip_with_a_driver();
    const TemporaryFolder folder;
    CHECK(probe_cuda_driver(folder.path).state == CudaDriver::State::absent);
    std::ofstream(folder.path / "nvidia-uvm") << "";
    CHECK(probe_cuda_driver(folder.path).state == CudaDriver::State::absent);
    std::ofstream(folder.path / "nvidia0") << "";
    CHECK(probe_cuda_driver(folder.path).state == CudaDriver::State::broken);
    CHECK(probe_cuda_driver(folder.path).detail.find("nvidia0 exists") != std::string::npos);
  }

  TEST_CASE("a library that is absent is recorded as absent") {
    look_in(ASSAY_STUBS);
    const auto versions = vendor_versions();
    CHECK(versions.at("driver") == "580.126.20");
    CHECK(versions.at("cuda_driver_api") == "13.0");
    for (const char* key : {"cublaslt", "cudnn", "nccl"}) CHECK_FALSE(versions.at(key).empty());
  }
}
