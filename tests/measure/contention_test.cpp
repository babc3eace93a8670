// Others that use the processors: seen in a machine's files, and what of it discards a sample.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "harness/measure/host_contention.h"
#include "tests/measure/root_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

std::string text(const char* reason) { return reason ? reason : "none"; }

/// A machine of two processors on a clock of its own. Ticks are those of a second: enough of them
/// that what this test itself uses does not show.
class Machine {
 public:
  Machine() { write(); }

  /// A second in which the given shares of both processors are used.
  void pass_second(double other, double steal = 0) {
    constexpr double kTicks = 1e6;
    now_s += 1;
    used_ += other * kTicks;
    stolen_ += steal * kTicks;
    idle_ += (1 - other - steal) * kTicks;
    write();
  }

  HostContention contention(std::vector<int> processors = {0, 1}) {
    return HostContention(std::move(processors), root.path(), [this] { return now_s; });
  }

  double now_s = 100;
  Root root;

 private:
  void write() const {
    const auto line = [](const std::string& name, double used, double idle, double stolen) {
      const auto ticks = [](double value) { return " " + std::to_string(std::llround(value)); };
      return name + ticks(used) + " 0 0" + ticks(idle) + " 0 0 0" + ticks(stolen) + " 0 0\n";
    };
    root.write("proc/stat", line("cpu", used_, idle_ + used_ + idle_ + stolen_, stolen_) +
                                line("cpu0", used_, idle_, stolen_) +
                                line("cpu1", 0, used_ + idle_ + stolen_, 0) +
                                line("intr", used_ + idle_ + stolen_, 0, 0));
  }

  double used_ = 0, idle_ = 0, stolen_ = 0;
};

/// A sample of a second in which others use that much of processor 0.
std::string reason_of_sample(Machine& machine, HostContention& contention, double other,
                             double steal = 0) {
  const double begin_s = machine.now_s;
  contention.before_sample();
  machine.pass_second(other, steal);
  return text(contention.after_sample(begin_s, machine.now_s));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a sample is discarded when others used more of the processors than the limit") {
    Machine machine;
    HostContention contention = machine.contention();
    contention.set_limit(0.05);
    CHECK(reason_of_sample(machine, contention, 0) == "none");
    CHECK(reason_of_sample(machine, contention, 0.09) == "none");  // of one of two processors
    CHECK(reason_of_sample(machine, contention, 0.2) == "cpu_contention");
    CHECK(reason_of_sample(machine, contention, 0, 0.2) == "cpu_steal");
    CHECK(reason_of_sample(machine, contention, 0) == "none");
  }

  TEST_CASE("only the processors count that this process may use") {
    Machine machine;
    HostContention own = machine.contention({1}), other = machine.contention({0});
    own.set_limit(0.05);
    other.set_limit(0.05);
    const double begin_s = machine.now_s;
    own.before_sample();
    other.before_sample();
    machine.pass_second(1);
    CHECK(text(own.after_sample(begin_s, machine.now_s)) == "none");
    CHECK(text(other.after_sample(begin_s, machine.now_s)) == "cpu_contention");
  }

  TEST_CASE("a window of less than a second says nothing until it has become one") {
    Machine machine;
    HostContention contention = machine.contention();
    contention.set_limit(0.05);
    const double begin_s = machine.now_s;
    contention.before_sample();
    machine.pass_second(1);
    machine.now_s = begin_s + 0.5;
    CHECK(text(contention.after_sample(begin_s, machine.now_s)) == "none");
    machine.now_s = begin_s + 1;
    contention.before_sample();
    CHECK(text(contention.active(begin_s, begin_s + 0.5)) == "cpu_contention");
  }

  TEST_CASE("with a limit of one others may use the machine") {
    Machine machine;
    HostContention contention = machine.contention();
    contention.set_limit(1);
    CHECK(reason_of_sample(machine, contention, 1) == "none");
  }

  TEST_CASE("a sample is discarded when a thread of ours waited for a processor") {
    Machine machine;
    const auto queue = [&](long ran_ns, long waited_ns, long slices) {
      machine.root.write("proc/self/task/71/schedstat", std::to_string(ran_ns) + " " +
                                                            std::to_string(waited_ns) + " " +
                                                            std::to_string(slices) + "\n");
    };
    queue(0, 0, 0);
    HostContention contention = machine.contention();
    contention.set_limit(0.05);
    const auto sample_with = [&](long waited_ns, long slices) {
      queue(0, 0, 0);
      const double begin_s = machine.now_s;
      contention.before_sample();
      queue(5'000'000, waited_ns, slices);
      return text(contention.after_sample(begin_s, begin_s + 0.01));
    };
    CHECK(sample_with(3'000'000, 1) == "cpu_wait");
    CHECK(sample_with(400'000, 1) == "none");     // 4 % of the sample
    CHECK(sample_with(3'000'000, 50) == "none");  // woken 50 times, each within 60 us
  }

  TEST_CASE("a sample is discarded when the quota of the control group was used up") {
    Machine machine;
    machine.root.join_cgroup("/pod");
    machine.root.write("sys/fs/cgroup/pod/cpu.max", "150000 100000\n");
    const auto throttled = [&](int count) {
      machine.root.write("sys/fs/cgroup/pod/cpu.stat",
                         "usage_usec 5\nnr_throttled " + std::to_string(count) + "\n");
    };
    throttled(3);
    HostContention contention = machine.contention();
    contention.set_limit(0.05);
    CHECK(reason_of_sample(machine, contention, 0) == "none");
    contention.before_sample();
    throttled(4);
    CHECK(text(contention.after_sample(machine.now_s - 0.01, machine.now_s)) == "cpu_throttled");
    CHECK(reason_of_sample(machine, contention, 0) == "none");
  }

  TEST_CASE("a machine whose files cannot be read discards nothing") {
    const Root empty;
    HostContention contention({0}, empty.path(), [] { return 1.0; });
    contention.set_limit(0.05);
    contention.before_sample();
    CHECK(text(contention.after_sample(0, 1)) == "none");
  }

  TEST_CASE("the threads of this process have waited for some time") {
    RunQueue queue;
    queue.look_for_threads();
    const auto times = queue.read();
    for (const auto& [thread, figures] : times) {
      CHECK(thread > 0);
      CHECK(figures.waited_s >= 0);
      CHECK(figures.slices >= 0);
    }
    CHECK(longest_wait_s(times, times) == 0);
  }
}
