// The host's facts from trees of files that other machines would have.
#include "harness/measure/host_facts.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "harness/core/error.h"
#include "harness/measure/device.h"
#include "harness/measure/host_speed_of_light.h"
#include "harness/measure/host_telemetry.h"
#include "harness/measure/node.h"
#include "harness/measure/sanitized.h"
#include "tests/measure/root_folder.h"

using namespace assay;
using assay::test::Root;
namespace fs = std::filesystem;

namespace {

const char* const kCpu = "sys/devices/system/cpu/cpu";

/// Two cores of two threads: 0 and 2 share a core, 1 and 3 the other; one L3.
void write_zen3(const Root& root) {
  root.write("proc/cpuinfo",
             "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n"
             "model name\t: AMD EPYC 7763\ncpu MHz\t\t: 2445.434\n"
             "flags\t\t: fpu sse2 fma avx avx2\n");
  root.write("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:  1 kB\n");
  for (int i = 0; i < 4; ++i) {
    const std::string cpu = kCpu + std::to_string(i);
    root.write(cpu + "/topology/core_id", std::to_string(i % 2) + "\n");
    root.write(cpu + "/topology/physical_package_id", "0\n");
    root.write(cpu + "/cpufreq/cpuinfo_max_freq", "3500000\n");
    const std::string l2 = cpu + "/cache/index0/", l3 = cpu + "/cache/index1/";
    root.write(l2 + "level", "2\n");
    root.write(l2 + "type", "Unified\n");
    root.write(l2 + "size", "512K\n");
    root.write(l2 + "shared_cpu_list", i % 2 == 0 ? "0,2\n" : "1,3\n");
    root.write(l3 + "level", "3\n");
    root.write(l3 + "type", "Unified\n");
    root.write(l3 + "size", "32768K\n");
    root.write(l3 + "shared_cpu_list", "0-3\n");
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("cores and caches are counted within what the process may use") {
    const Root root;
    write_zen3(root);
    const HostFacts all = read_host_facts(root.path(), {0, 1, 2, 3});
    CHECK(all.cores == 2);
    CHECK(all.usable_cores() == 2);
    CHECK(all.isa == "avx2");
    CHECK(all.last_level_cache_bytes() == 32 << 20);
    CHECK(all.memory_bytes == 16'000'000ll * 1024);
    CHECK(all.caches.at(0).instances == 2);
    CHECK(*all.max_clock_hz == 3.5e9);
    CHECK(*all.reported_clock_hz == doctest::Approx(2.445434e9));
    const HostFacts one = read_host_facts(root.path(), {0, 2});
    CHECK(one.cores == 1);
    CHECK(one.caches.at(0).instances == 1);
  }

  TEST_CASE("a control group limits processors and memory wherever it stands above") {
    const Root root;
    write_zen3(root);
    root.join_cgroup("/pod/container");
    root.write("sys/fs/cgroup/pod/cpu.max", "150000 100000\n");
    root.write("sys/fs/cgroup/pod/container/cpu.max", "max 100000\n");
    root.write("sys/fs/cgroup/pod/container/memory.max", "1073741824\n");
    root.write("sys/fs/cgroup/pod/memory.max", "max\n");
    const HostFacts facts = read_host_facts(root.path(), {0, 1, 2, 3});
    CHECK(*facts.cpu_quota == 1.5);
    CHECK(facts.usable_cores() == 1.5);
    CHECK(facts.memory_bytes == 1 << 30);
  }

  TEST_CASE("what a machine does not tell is absent") {
    const Root root;
    const HostFacts facts = read_host_facts(root.path(), {0, 1});
    CHECK(facts.cores == 2);
    CHECK(facts.model_name == "unknown");
    CHECK(facts.caches.empty());
    CHECK_FALSE(facts.max_clock_hz);
    CHECK_FALSE(facts.cpu_quota);
    CHECK(facts.last_level_cache_bytes() == 0);
    CHECK_FALSE(host_core_rate(facts));
    const SpeedOfLight light = host_speed_of_light(facts, std::nullopt, std::nullopt);
    CHECK(light.flop_per_s.empty());
    CHECK_FALSE(light.memory_bytes_per_s);
    CHECK(light.source.find("unknown") != std::string::npos);
  }

  TEST_CASE("the speed of light is cores times vector width times clock") {
    const Root root;
    write_zen3(root);
    HostFacts facts = read_host_facts(root.path(), {0, 1, 2, 3});
    SpeedOfLight light = host_speed_of_light(facts, 3.2e9, 20e9);
    CHECK(light.flop_per_s.at("f32") == 2 * 32 * 3.5e9);
    CHECK(light.flop_per_s.at("bf16") == light.flop_per_s.at("f32"));
    CHECK(light.flop_per_s_measured.at("f32") == 2 * 32 * 3.2e9);
    CHECK(light.clock_source == "maximum");
    CHECK(*light.memory_bytes_per_s == 20e9);
    CHECK(light.source.find("measured") != std::string::npos);
    // A guest: no maximum is told and the core outruns what /proc/cpuinfo shows.
    facts.max_clock_hz.reset();
    light = host_speed_of_light(facts, 3.2e9, std::nullopt);
    CHECK(light.clock_source == "measured");
    CHECK(*light.clock_hz == 3.2e9);
    light = host_speed_of_light(facts, std::nullopt, std::nullopt);
    CHECK(light.clock_source == "cpuinfo");
  }

  TEST_CASE("vector units that a hypervisor hides are not counted") {
    HostFacts facts;
    facts.vendor = "GenuineIntel";
    facts.family = 6;
    facts.model = 0x8f;
    facts.flags = {"fma", "avx2", "avx512f"};
    CHECK(host_core_rate(facts)->flop_per_clock == 64);
    facts.flags = {"fma", "avx2"};
    CHECK(host_core_rate(facts)->flop_per_clock == 32);
    facts.flags = {"sse2"};
    CHECK_FALSE(host_core_rate(facts));
    facts.model = 0x01;
    CHECK_FALSE(host_core_rate(facts));
    HostFacts arm;
    arm.vendor = "0x41";
    arm.part = 0xd4f;
    CHECK(host_core_rate(arm)->flop_per_clock == 32);
  }

  TEST_CASE("steal and other load during a series are told as fractions") {
    const Root root;
    root.write("proc/stat", "cpu 100 0 100 800 0 0 0 0 0 0\n");
    HostTelemetry telemetry({0}, root.path());
    Json before = telemetry.counters();
    root.write("proc/stat", "cpu 200 0 100 1400 0 0 0 300 0 0\n");
    root.write(std::string(kCpu) + "0/cpufreq/scaling_cur_freq", "3100000\n");
    before["own_s"] = before["own_s"].get<double>() - 0.4;
    const Json since = telemetry.since(before);
    CHECK(since["cpu_steal_fraction"].get<double>() == doctest::Approx(0.3));
    CHECK(since["cpu_other_fraction"].get<double>() == doctest::Approx(0.06).epsilon(0.01));
    CHECK(since["clock_hz"] == 3.1e9);
    CHECK(since["clock_source"] == "scaling_cur_freq");
    CHECK(since.contains("context_switches"));
  }

  TEST_CASE("the clock of the host is that of its fastest processor that tells one") {
    const Root root;
    HostTelemetry telemetry({0, 1, 2}, root.path());
    CHECK_FALSE(telemetry.read().clock_hz);
    const auto tell = [&](int processor, const char* khz) {
      root.write(kCpu + std::to_string(processor) + "/cpufreq/scaling_cur_freq", khz);
    };
    tell(1, "0\n");
    CHECK(telemetry.read().clock_hz == 0);
    tell(2, "3100000\n");
    tell(1, "2900000\n");
    CHECK(telemetry.read().clock_hz == 3.1e9);
    tell(0, "<unknown>\n");
    tell(1, "3200000\n");
    CHECK(telemetry.read().clock_hz == 3.2e9);
  }

  TEST_CASE("the memory's bandwidth is that of reading three times the cache") {
    constexpr std::size_t kMiB = 1 << 20;
    struct Row {
      int cores;
      std::size_t cache_bytes, read_bytes;
    };
    for (const Row& row : {Row{1, 0, 64 * kMiB}, Row{1, 21 * kMiB, 64 * kMiB},
                           Row{1, 32 * kMiB, 96 * kMiB}, Row{3, 32 * kMiB, 96 * kMiB}}) {
      CAPTURE(row.cores);
      CAPTURE(row.cache_bytes);
      HostFacts facts;
      facts.cores = row.cores;
      HostBuffers buffers;
      const double bytes_per_s = measure_read_bandwidth(facts, row.cache_bytes, buffers);
      constexpr std::size_t kDealtLast = 16 * kMiB;  // stays open for the next buffer
      if (!kSanitized) CHECK(buffers.kept_bytes() + kDealtLast == row.read_bytes);
      CHECK(bytes_per_s > 1e8);
      if (row.cores == 1) CHECK(bytes_per_s < 1e12);  // 128 bytes a clock at 8 GHz
    }
  }

  TEST_CASE("this machine opens as one device whose memory can be used") {
    const auto devices = open_devices(Backend::host);
    REQUIRE(devices.size() == 1);
    Device& device = *devices[0];
    device.measure_bounds();
    CHECK(device.backend() == Backend::host);
    CHECK(device.stream() == nullptr);
    const HostFacts host = read_host_facts();
    CHECK(device.facts().name == host.model_name);
    CHECK(device.facts().uuid == "host-" + node_name());
    CHECK(device.facts().sku == "host");
    CHECK(device.facts().clock_max_hz == host.max_clock_hz);
    CHECK(host.memory_bytes > 0);
    CHECK(device.facts().memory_bytes == host.memory_bytes);
    CHECK(device.facts().multiprocessors == static_cast<int>(host.processors.size()));
    std::optional<std::int64_t> l2_bytes;
    for (const HostCache& cache : host.caches)
      if (cache.level == 2) l2_bytes = cache.bytes * cache.instances;
    CHECK(device.facts().l2_bytes == l2_bytes);
    CHECK(*device.facts().speed_of_light.memory_bytes_per_s > 1e8);
    const auto buffer = device.allocate(10'000);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer->data()) % 4096 == 0);
    device.fill(*buffer, 0xff);
    std::vector<unsigned char> bytes(10'000, 1);
    device.copy_out(bytes.data(), *buffer, bytes.size());
    CHECK(bytes[9'999] == 0xff);
    bytes.assign(10'000, 7);
    device.copy_in(*buffer, bytes.data(), bytes.size());
    CHECK(static_cast<unsigned char*>(buffer->data())[5'000] == 7);
    CHECK_THROWS_AS(device.copy_in(*buffer, bytes.data(), 10'001), Error);
    const NodeFacts node = node_facts(devices);
    CHECK_FALSE(node.name.empty());
    CHECK(node.topology["processor"]["cores"] >= 1);
    CHECK(software_facts(Backend::host).count("kernel") == 1);
  }
}
