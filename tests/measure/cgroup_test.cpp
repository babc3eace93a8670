// Limits of control groups, read from the files that machines and containers of both versions have.
#include "harness/measure/cgroup.h"

#include <doctest/doctest.h>

#include "harness/measure/host_memory.h"
#include "tests/measure/root_folder.h"

using namespace assay;

namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr const char* kNoLimitOfVersion1 = "9223372036854771712\n";

/// What docker and containerd mount into a container of version 1, whose groups the host calls
/// `group`; `mounted` is the part of that name that the mount begins at.
void write_version_1(const test::Root& root, const std::string& group, const std::string& mounted) {
  root.write("proc/self/cgroup", "12:pids:" + group + "\n9:memory:" + group +
                                     "\n4:cpuacct,cpu:" + group + "\n1:name=systemd:" + group +
                                     "\n0::/system.slice/containerd.service\n");
  const std::string options = " ro,nosuid,nodev,noexec,relatime master:11 - cgroup cgroup rw,";
  const std::string at = " 0:31 " + mounted + " /sys/fs/cgroup/";
  root.write("proc/self/mountinfo",
             "600 560 0:54 / / rw,relatime - overlay overlay rw\n"
             "611 608 0:57 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
             "612 611" +
                 at + "systemd" + options +
                 "xattr,name=systemd\n"
                 "613 611" +
                 at + "memory" + options +
                 "memory\n"
                 "614 611" +
                 at + "cpu,cpuacct" + options +
                 "cpuacct,cpu\n"
                 "615 611" +
                 at + "pids" + options + "pids\n");
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("what is free is what the tightest group of version 2 leaves of its limit") {
    const test::Root root;
    root.join_cgroup("/pod/container");
    root.write("sys/fs/cgroup/pod/container/memory.max", "400\n");
    root.write("sys/fs/cgroup/pod/container/memory.current", "150\n");
    root.write("sys/fs/cgroup/pod/container/memory.stat", "anon 90\ninactive_file 50\n");
    root.write("sys/fs/cgroup/pod/memory.max", "500\n");
    root.write("sys/fs/cgroup/pod/memory.current", "450\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(*limits.memory_bytes == 400);
    CHECK(limits.memory->limit == 500);
    CHECK(limits.memory->free() == 50);
    root.write("sys/fs/cgroup/pod/memory.current", "150\n");
    CHECK(read_cgroup_limits(root.path()).memory->free() == 300);
  }

  TEST_CASE("a parent of version 2 with the smaller limit is found above groups without one") {
    const test::Root root;
    const std::string pod =
        "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod3f.slice";
    root.join_cgroup(pod + "/cri-containerd-9b.scope");
    root.write("sys/fs/cgroup" + pod + "/cri-containerd-9b.scope/memory.max", "max\n");
    root.write("sys/fs/cgroup" + pod + "/cri-containerd-9b.scope/pids.max", "max\n");
    root.write("sys/fs/cgroup" + pod + "/memory.max", std::to_string(300 * kMiB) + "\n");
    root.write("sys/fs/cgroup" + pod + "/memory.current", std::to_string(40 * kMiB) + "\n");
    root.write("sys/fs/cgroup" + pod + "/pids.max", "1024\n");
    root.write("sys/fs/cgroup" + pod + "/pids.current", "7\n");
    root.write("sys/fs/cgroup/kubepods.slice/memory.max", std::to_string(8000 * kMiB) + "\n");
    root.write("sys/fs/cgroup/kubepods.slice/memory.current", std::to_string(100 * kMiB) + "\n");
    root.write("sys/fs/cgroup/kubepods.slice/pids.max", "512\n");
    root.write("sys/fs/cgroup/kubepods.slice/pids.current", "510\n");
    root.write("proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 9000000 kB\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(limits.memory->free() == 260 * kMiB);
    CHECK(limits.pids->limit == 512);
    CHECK(limits.pids->free() == 2);
    CHECK(free_host_memory_bytes(root.path()) == 260 * kMiB);
  }

  TEST_CASE("a container of version 2 with a namespace of its own reads the root that it sees") {
    const test::Root root;
    root.join_cgroup("/");
    root.write("sys/fs/cgroup/memory.max", "536870912\n");
    root.write("sys/fs/cgroup/memory.current", "104857600\n");
    root.write("sys/fs/cgroup/pids.max", "max\n");
    root.write("sys/fs/cgroup/cpu.max", "max 100000\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(limits.memory->free() == 412 * kMiB);
    CHECK_FALSE(limits.pids);
    CHECK_FALSE(limits.cpus);
    // A process that was moved to a group beside its namespace's root.
    root.join_cgroup("/../other");
    root.write("sys/fs/other/memory.max", "1\n");
    CHECK(read_cgroup_limits(root.path()).memory->free() == 412 * kMiB);
  }

  TEST_CASE("a membership that is no whole line is passed over") {
    for (const char* torn : {"0:", "nothing", "", "0", "12:memory", "0:\n0"}) {
      CAPTURE(torn);
      const test::Root root;
      root.join_cgroup("/pod");
      root.write("proc/self/cgroup", std::string("0::/pod\n") + torn + "\n");
      root.write("sys/fs/cgroup/pod/memory.max", "400\n");
      CHECK(read_cgroup_limits(root.path()).memory->limit == 400);
    }
    const test::Root root;  // the same of version 1, by the controller's name
    write_version_1(root, "/docker/4e", "/");
    root.write("proc/self/cgroup", "9:memory:/docker/4e\n9:memory\nmemory\n");
    root.write("sys/fs/cgroup/memory/docker/4e/memory.limit_in_bytes", "400\n");
    CHECK(read_cgroup_limits(root.path()).memory->limit == 400);
  }

  TEST_CASE("memory that the kernel takes back by force is not free and does not kill") {
    const test::Root root;
    root.join_cgroup("/pod");
    root.write("sys/fs/cgroup/pod/memory.max", "1000\n");
    root.write("sys/fs/cgroup/pod/memory.high", "800\n");
    root.write("sys/fs/cgroup/pod/memory.current", "100\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(limits.memory->free() == 700);
    CHECK(*limits.memory_bytes == 1000);
  }

  TEST_CASE("a container of version 1 sees its own group where it is mounted") {
    const test::Root root;
    write_version_1(root, "/docker/4e", "/docker/4e");
    root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "419430400\n");
    root.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "157286400\n");
    root.write("sys/fs/cgroup/memory/memory.stat",
               "inactive_file 1\ntotal_inactive_file 52428800\n");
    root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    root.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    root.write("sys/fs/cgroup/pids/pids.max", "100\n");
    root.write("sys/fs/cgroup/pids/pids.current", "98\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(*limits.cpus == 0.5);
    CHECK(*limits.memory_bytes == 400 * kMiB);
    CHECK(limits.memory->free() == 300 * kMiB);
    CHECK(limits.pids->free() == 2);
  }

  TEST_CASE("a pod inside a container of version 1 is found below what is mounted") {
    const test::Root root;
    write_version_1(root, "/docker/4e/kubepods/pod3f/9b", "/docker/4e");
    root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", kNoLimitOfVersion1);
    root.write("sys/fs/cgroup/memory/kubepods/pod3f/memory.limit_in_bytes", "314572800\n");
    root.write("sys/fs/cgroup/memory/kubepods/pod3f/memory.usage_in_bytes", "104857600\n");
    root.write("sys/fs/cgroup/memory/kubepods/pod3f/9b/memory.limit_in_bytes", kNoLimitOfVersion1);
    root.write("sys/fs/cgroup/cpu,cpuacct/kubepods/cpu.cfs_quota_us", "-1\n");
    root.write("sys/fs/cgroup/cpu,cpuacct/kubepods/cpu.cfs_period_us", "100000\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(limits.memory->free() == 200 * kMiB);
    CHECK_FALSE(limits.cpus);
  }

  TEST_CASE("a version 1 without any limit limits nothing") {
    const test::Root root;
    write_version_1(root, "/user.slice", "/");
    root.write("sys/fs/cgroup/memory/memory.limit_in_bytes", kNoLimitOfVersion1);
    root.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "104857600\n");
    root.write("sys/fs/cgroup/pids/user.slice/pids.max", "max\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK_FALSE(limits.memory);
    CHECK_FALSE(limits.memory_bytes);
    CHECK_FALSE(limits.pids);
  }

  TEST_CASE("address space that a process may not take is not free") {
    const test::Root root;
    root.write("proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 9000000 kB\n");
    root.write("proc/self/statm", "25600 5000 3000 200 0 12800 0\n");  // pages of 4096 bytes
    root.write("proc/self/limits",
               "Limit                     Soft Limit           Hard Limit           Units\n"
               "Max data size             unlimited            unlimited            bytes\n"
               "Max address space         314572800            unlimited            bytes\n");
    CHECK(free_host_memory_bytes(root.path()) == 200 * kMiB);
    CHECK(free_address_space(root.path())->limit == std::string("ulimit -v"));
    root.write("proc/self/limits",
               "Max data size             104857600            104857600            bytes\n"
               "Max address space         unlimited            unlimited            bytes\n");
    CHECK(free_host_memory_bytes(root.path()) == 50 * kMiB);
    CHECK(free_address_space(root.path())->limit == std::string("ulimit -d"));
  }

  TEST_CASE("a hybrid machine limits by either version") {
    const test::Root root;
    root.write("proc/self/cgroup", "8:pids:/session\n1:name=systemd:/session\n0::/session/run\n");
    root.write("proc/self/mountinfo",
               "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
               "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
               "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:5 - cgroup2 cgroup2 rw\n");
    root.write("sys/fs/cgroup/pids/session/pids.max", "33\n");
    root.write("sys/fs/cgroup/pids/session/pids.current", "3\n");
    root.write("sys/fs/cgroup/unified/session/memory.max", "314572800\n");
    root.write("sys/fs/cgroup/unified/session/memory.current", "104857600\n");
    const CgroupLimits limits = read_cgroup_limits(root.path());
    CHECK(limits.pids->free() == 30);
    CHECK(limits.memory->free() == 200 * kMiB);
  }

  TEST_CASE("processes killed for memory are counted in either version") {
    const test::Root root;
    CHECK_FALSE(count_oom_kills(root.path()));
    root.join_cgroup("/pod");
    root.write("sys/fs/cgroup/pod/memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n");
    CHECK(count_oom_kills(root.path()) == 1);
    const test::Root other;
    write_version_1(other, "/docker/4e", "/docker/4e");
    other.write("sys/fs/cgroup/memory/memory.oom_control",
                "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
    CHECK(count_oom_kills(other.path()) == 3);
  }
}
