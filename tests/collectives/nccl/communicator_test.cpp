// The NCCL communicator on a stub NCCL: results, what it refuses, and that no call outlives its
// deadline. Ranks are threads; GPU memory is host memory.
#include "collectives/nccl/cuda/communicator.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

#include "tests/collectives/nccl/checks.h"
#include "tests/collectives/plain_device.h"

using namespace assay;

namespace {

class HostMemory final : public test::PlainDevice {
 public:
  Backend backend() const override { return Backend::cuda; }
};

/// An environment variable of the stub, for as long as the object lives.
struct Setting {
  Setting(const char* variable, const std::string& value) : name(variable) {
    setenv(name, value.c_str(), 1);
  }
  ~Setting() { unsetenv(name); }
  const char* name;
};

std::shared_ptr<const nccl::Symbols> stub_of(const std::string& version) {
  setenv("ASSAY_CUDA_LIBS", (std::string(ASSAY_NCCL_STUBS) + "/" + version).c_str(), 1);
  return nccl::Symbols::open();
}

int count_of(const nccl::Symbols& symbols, const char* what) {
  void* library = dlopen(symbols.path().c_str(), RTLD_NOW | RTLD_NOLOAD);
  REQUIRE(library);
  return reinterpret_cast<int (*)(const char*)>(dlsym(library, "assay_stub_count"))(what);
}

struct World {
  explicit World(std::string version, int rank_count)
      : symbols(stub_of(version)), ranks(rank_count) {
    symbols->call().get_unique_id(&id);
    for (const char* what : {"aborted", "destroyed", "registered", "allocated"})
      at_first[what] = count_of(*symbols, what);
  }
  /// Since this world began: the stub counts for the whole process.
  int count(const char* what) const { return count_of(*symbols, what) - at_first.at(what); }
  nccl::HandleOptions options(int rank) const { return {symbols, id, rank, ranks, deadline_s}; }
  NcclGpu gpu(HostMemory& memory) const {
    return {&memory, [this] { return is_idle.load(); }, compute_capability};
  }

  /// Every rank in a thread of its own; what one throws is the test's.
  void run(const std::function<void(NcclCommunicator&, Device&)>& step) const {
    std::vector<std::thread> threads;
    std::vector<std::string> errors(static_cast<std::size_t>(ranks));
    for (int rank = 0; rank < ranks; ++rank) {
      threads.emplace_back([&, rank] {
        try {
          HostMemory memory;
          NcclCommunicator communicator(options(rank), gpu(memory), watch);
          step(communicator, memory);
        } catch (const std::exception& error) {
          errors[static_cast<std::size_t>(rank)] = error.what();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& error : errors) CHECK(error == "");
  }

  std::shared_ptr<const nccl::Symbols> symbols;
  ncclUniqueId id{};
  int ranks;
  double deadline_s = 5;
  int compute_capability = 90;
  std::atomic<bool> is_idle{true};
  std::shared_ptr<nccl::Watch> watch;
  std::map<std::string, int> at_first;
};

template <class Step>
std::string message_of(const Step& step) {
  try {
    step();
  } catch (const LostPeer& error) {
    return std::string("lost: ") + error.what();
  } catch (const Error& error) {
    return std::string("error: ") + error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every collective through NCCL is exact for even and uneven parts") {
    for (const char* version : {"2.18", "2.28"}) {
      for (const int ranks : {2, 3, 5}) {
        for (const std::size_t whole : {std::size_t{30}, std::size_t{31}, std::size_t{2}}) {
          CAPTURE(version);
          CAPTURE(ranks);
          CAPTURE(whole);
          World(version, ranks).run([&](NcclCommunicator& all, Device& memory) {
            CHECK(test::reductions_are_exact(all, memory, whole));
            CHECK(test::movements_are_exact(all, memory, whole));
          });
        }
      }
    }
  }

  TEST_CASE("ranks tell and collect words of the host") {
    World("2.28", 4).run([](NcclCommunicator& all, Device&) {
      int word = all.rank() == 0 ? 42 : 0;
      all.broadcast_host(std::as_writable_bytes(std::span(&word, 1)));
      CHECK(word == 42);
      const int mine = 100 + all.rank();
      std::vector<int> everyone(4);
      all.all_gather_host(std::as_bytes(std::span(&mine, 1)),
                          std::as_writable_bytes(std::span(everyone)));
      CHECK(everyone == std::vector<int>{100, 101, 102, 103});
    });
  }

  TEST_CASE("members alone make a subgroup with ranks of its own") {
    World("2.18", 5).run([](NcclCommunicator& all, Device&) {
      const std::vector<int> members = {1, 2, 4};
      if (std::find(members.begin(), members.end(), all.rank()) == members.end()) return;
      const auto some = all.subgroup(members, "some");
      CHECK(some->size() == 3);
      CHECK(members[static_cast<std::size_t>(some->rank())] == all.rank());
      const auto mine = static_cast<float>(all.rank());
      float sum = 0;
      some->all_reduce(&mine, &sum, 1, Dtype::f32);
      CHECK(sum == 7);
    });
  }

  TEST_CASE("an operation tells the algorithm and protocol and transport that carried it") {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("assay-nccl-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    const Setting report("ASSAY_STUB_NCCL_REPORT",
                         std::string(ASSAY_NCCL_REPORTS) + "/ib_without_gdr.txt");
    World world("2.28", 2);
    world.watch = std::make_shared<nccl::Watch>(folder);
    world.run([](NcclCommunicator& all, Device&) {
      CHECK(all.carrier(Operation::all_reduce).kind == "");
      float value = 1;
      all.all_reduce(&value, &value, 1, Dtype::f32);
      const Carrier carrier = all.carrier(Operation::all_reduce);
      CHECK(carrier.algorithm == "ring");
      CHECK(carrier.protocol == "ll");
      CHECK(carrier.channels == 2);
      CHECK(carrier.kind == "ib+nvlink");
      CHECK(carrier.nics == std::vector<std::string>{"mlx5_0:1", "mlx5_1:1"});
    });
    std::filesystem::remove_all(folder);
  }

  TEST_CASE("what the library or the GPU cannot do is refused by name") {
    World old("2.18", 1);
    HostMemory memory;
    NcclCommunicator one(old.options(0), old.gpu(memory), {});
    CHECK(one.refuses(Operation::all_reduce, Dtype::bf16) == "");
    CHECK(one.refuses(Operation::all_gather, Dtype::fp8_e4m3) ==
          "fp8: off, NCCL 2.18.5 is older than 2.24");
    CHECK(message_of([&] { one.allocate_registered(64); }) ==
          "error: registered buffers: off, NCCL 2.18.5 has no ncclMemAlloc (since 2.19)");
    World recent("2.28", 1);
    recent.compute_capability = 80;
    NcclCommunicator two(recent.options(0), recent.gpu(memory), {});
    CHECK(two.refuses(Operation::all_gather, Dtype::fp8_e4m3) == "");
    CHECK(two.refuses(Operation::all_reduce, Dtype::fp8_e5m2) ==
          "NCCL sums fp8 from compute capability 9.0 on, this is 8.0");
  }

  TEST_CASE("a registered buffer is registered while it lives") {
    World world("2.28", 1);
    HostMemory memory;
    NcclCommunicator one(world.options(0), world.gpu(memory), {});
    {
      const auto buffer = one.allocate_registered(100);
      CHECK(buffer->size_bytes() == 100);
      CHECK(world.count("registered") == 1);
      CHECK(world.count("allocated") == 1);
    }
    CHECK(world.count("registered") == 0);
    CHECK(world.count("allocated") == 0);
  }

  TEST_CASE("a communicator that is never made is aborted at its deadline") {
    const Setting never("ASSAY_STUB_NCCL_INIT", "never");
    World world("2.28", 2);
    world.deadline_s = 0.3;
    HostMemory memory;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(message_of([&] { NcclCommunicator(world.options(0), world.gpu(memory), {}); }) ==
          "lost: making a communicator did not end within 0.3 s at rank 0 of 2 (NCCL 2.28.9): a "
          "peer is gone or stuck");
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    CHECK(taken.count() >= 0.3);
    CHECK(taken.count() < 2);
    CHECK(world.count("aborted") == 1);
    CHECK(world.count("destroyed") == 0);
  }

  TEST_CASE("a communicator that takes its time is made") {
    const Setting slow("ASSAY_STUB_NCCL_INIT", "20");
    World world("2.28", 1);
    HostMemory memory;
    { NcclCommunicator one(world.options(0), world.gpu(memory), {}); }
    CHECK(world.count("destroyed") == 1);
    CHECK(world.count("aborted") == 0);
  }

  TEST_CASE("a communicator that fails says why") {
    const Setting fails("ASSAY_STUB_NCCL_INIT", "fails");
    World world("2.28", 1);
    HostMemory memory;
    CHECK(message_of([&] { NcclCommunicator(world.options(0), world.gpu(memory), {}); }) ==
          "lost: making a communicator failed at rank 0 of 1 (NCCL 2.28.9): unhandled system "
          "error: socketProgress: Connection closed by peer");
  }

  TEST_CASE("an error that comes while the GPU works is named and ends every later call") {
    World world("2.28", 1);
    HostMemory memory;
    NcclCommunicator one(world.options(0), world.gpu(memory), {});
    world.is_idle = false;
    const Setting remote("ASSAY_STUB_NCCL_ASYNC", std::to_string(ncclRemoteError));
    CHECK(message_of([&] { one.wait(); }) ==
          "lost: waiting for the GPU failed at rank 0 of 1 (NCCL 2.28.9): remote process exited "
          "or there was a network error: socketProgress: Connection closed by peer");
    CHECK(one.is_broken());
    CHECK(world.count("aborted") == 1);
    float value = 1;
    CHECK(message_of([&] { one.all_reduce(&value, &value, 1, Dtype::f32); }) ==
          "lost: AllReduce: the communicator of rank 0 of 1 (NCCL 2.28.9) was aborted");
  }

  TEST_CASE("a call that NCCL does not take is an error of ours") {
    World world("2.28", 1);
    HostMemory memory;
    NcclCommunicator one(world.options(0), world.gpu(memory), {});
    std::byte value{};
    CHECK(message_of([&] {
            one.all_reduce(&value, &value, 1, Dtype::int8);
          }).starts_with("error: AllReduce failed at rank 0 of 1"));
  }

  TEST_CASE("work that never ends and an abort from another thread both end the wait") {
    World world("2.28", 1);
    world.deadline_s = 0.2;
    world.is_idle = false;
    HostMemory memory;
    {
      NcclCommunicator one(world.options(0), world.gpu(memory), {});
      CHECK(message_of([&] {
              one.wait();
            }).starts_with("lost: waiting for the GPU did not end within 0.2 s"));
    }
    world.deadline_s = 30;
    NcclCommunicator one(world.options(0), world.gpu(memory), {});
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      one.abort();
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(message_of([&] { one.wait(); }).starts_with("lost: waiting for the GPU: the communicat"));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    other.join();
  }
}
