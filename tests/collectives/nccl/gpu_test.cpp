// NCCL on real GPUs, one thread a device: results, transports, the abort. Run with `ctest -L gpu`
// on one GPU and with `ctest -L multigpu` on several.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "collectives/collective_run.h"
#include "collectives/nccl/cuda/open.h"
#include "tests/collectives/nccl/checks.h"
#include "tests/not_run.h"

using namespace assay;

namespace {

using Devices = std::vector<std::unique_ptr<Device>>;

Devices gpus(std::size_t at_least) {
  std::string reason;
  if (!Library::find("libcuda.so.1", &reason)) test::not_run(reason);
  if (!nccl::Symbols::find(&reason)) test::not_run(reason);
  if (choose_backend("auto") != Backend::cuda) test::not_run("there is no CUDA device");
  Devices devices = open_devices(Backend::cuda);
  if (devices.size() < at_least)
    test::not_run("it needs " + std::to_string(at_least) + " GPUs, here are " +
                  std::to_string(devices.size()));
  return devices;
}

std::shared_ptr<nccl::Watch> watch() {
  static const auto one = std::make_shared<nccl::Watch>(std::filesystem::temp_directory_path() /
                                                        fmt::format("assay-nccl-{}.txt", getpid()));
  return one;
}

void on_every_gpu(const Devices& devices,
                  const std::function<void(NcclCommunicator&, Device&)>& step) {
  const std::string id = make_nccl_id();
  const int size = static_cast<int>(devices.size());
  std::vector<std::thread> threads;
  std::vector<std::string> errors(devices.size());
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      const auto i = static_cast<std::size_t>(rank);
      try {
        const auto all = open_nccl({id, rank, size, 60}, *devices[i], watch());
        step(*all, *devices[i]);
      } catch (const std::exception& error) {
        errors[i] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& error : errors) CHECK(error == "");
}

void check_everything(NcclCommunicator& all, Device& device) {
  for (const std::size_t whole : {std::size_t{1000}, std::size_t{1003}, std::size_t{4} << 20}) {
    CHECK(test::reductions_are_exact(all, device, whole));
    CHECK(test::movements_are_exact(all, device, whole));
  }
}

/// All-reduces of every rank in `series`, verified and timed by events.
void check_series(NcclCommunicator& all, Device& device, Series series,
                  const char* implementation = "nccl") {
  CollectiveRunOptions options;
  options.sampling = {3, 0.01, 1, 0.5};
  options.level = "node";
  for (int rank = 0; rank < all.size(); ++rank)
    options.members.push_back("device" + std::to_string(rank));
  options.is_first_of_process = all.rank() == 0;
  options.on_group = [](const std::vector<Measurement>& measurements) {
    for (const Measurement& one : measurements) {
      CAPTURE(one.reason);
      CHECK(one.status == MeasurementStatus::measured);
    }
  };
  std::vector<CollectiveGroup> groups;
  for (const std::size_t bytes : {std::size_t{8}, std::size_t{1} << 20})
    groups.push_back({find_collective("all_reduce"), "f32", bytes, series, {implementation}});
  CHECK(run_collectives(all, device, groups, options));
}

}  // namespace

TEST_SUITE("gpu") {
  TEST_CASE("NCCL with one rank on one GPU is exact and its profiler plugin is loaded") {
    Devices devices = gpus(1);
    devices.resize(1);
    on_every_gpu(devices, check_everything);
    CHECK(nccl::profiler::interface_version() >= 2);
  }

  TEST_CASE("one rank on one GPU is timed launch by launch and replayed from a graph") {
    Devices devices = gpus(1);
    devices.resize(1);
    for (const Series series : {Series::hot, Series::graph})
      on_every_gpu(devices, [series](NcclCommunicator& all, Device& device) {
        check_series(all, device, series);
      });
  }

  TEST_CASE("an NCCL rank whose peer never comes is aborted at its deadline") {
    const Devices devices = gpus(1);
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(open_nccl({make_nccl_id(), 0, 2, 3}, *devices[0], watch()), LostPeer);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
  }

  TEST_CASE("registered buffers of NCCL are exact on one GPU") {
    Devices devices = gpus(1);
    devices.resize(1);
    on_every_gpu(devices, [](NcclCommunicator& all, Device& device) {
      if (all.symbols().lacks(nccl::Feature::registered_buffers)) return;
      check_series(all, device, Series::hot, "nccl_registered");
    });
  }
}

TEST_SUITE("multigpu") {
  TEST_CASE("NCCL over all GPUs is exact and tells its transport") {
    on_every_gpu(gpus(2), [](NcclCommunicator& all, Device& device) {
      check_everything(all, device);
      const Carrier carrier = all.carrier(Operation::all_reduce);
      MESSAGE(carrier.algorithm << " " << carrier.protocol << " " << carrier.kind);
      CHECK(carrier.algorithm != "");
      CHECK(carrier.kind != "unknown");
    });
  }

  TEST_CASE("all GPUs are timed launch by launch and replayed from graphs") {
    for (const Series series : {Series::hot, Series::graph})
      on_every_gpu(gpus(2), [series](NcclCommunicator& all, Device& device) {
        check_series(all, device, series);
      });
  }

  TEST_CASE("NCCL takes the algorithm that it is forced to") {
    const Devices devices = gpus(2);
    for (const char* algorithm : {"ring", "tree"}) {
      nccl::Watch::force(algorithm, "simple");
      on_every_gpu(devices, [algorithm](NcclCommunicator& all, Device& device) {
        CHECK(test::reductions_are_exact(all, device, std::size_t{1} << 20));
        CHECK(all.carrier(Operation::all_reduce).algorithm == algorithm);
        CHECK(all.carrier(Operation::all_reduce).protocol == "simple");
      });
    }
    nccl::Watch::force("", "");
  }

  TEST_CASE("registered buffers of NCCL are exact on all GPUs") {
    on_every_gpu(gpus(2), [](NcclCommunicator& all, Device& device) {
      if (all.symbols().lacks(nccl::Feature::registered_buffers)) return;
      const std::size_t count = 1 << 20, bytes = count * sizeof(float);
      const auto buffer = all.allocate_registered(bytes);
      test::Floats values = test::inputs(all.rank(), count), sums(count);
      device.copy_in(*buffer, values.data(), bytes);
      all.all_reduce(buffer->data(), buffer->data(), count, Dtype::f32);
      all.wait();
      device.copy_out(values.data(), *buffer, bytes);
      for (std::size_t i = 0; i < count; ++i) sums[i] = test::sum_at(all.size(), i);
      CHECK(values == sums);
    });
  }

  TEST_CASE("a subgroup of two GPUs works beside the world") {
    on_every_gpu(gpus(2), [](NcclCommunicator& all, Device& device) {
      if (all.rank() > 1) return;
      const std::vector<int> members = {0, 1};
      const auto pair = all.subgroup(members, "pair");
      CHECK(test::movements_are_exact(*pair, device, 5000));
    });
  }
}
