// What supervision costs: the same groups measured in this process, and in a worker that reports.
#include <doctest/doctest.h>
#include <sched.h>

#include <algorithm>
#include <map>
#include <vector>

#include "harness/core/result_fields.h"
#include "harness/measure/host_device.h"
#include "harness/measure/telemetry.h"
#include "harness/run/messages.h"
#include "harness/run/on_devices.h"
#include "harness/run/report.h"
#include "harness/run/worker_process.h"

using namespace assay;

namespace {

/// The same work every time, and none of it in memory.
class Spin : public TimedCase {
 public:
  Verification verify() override { return {Verification::Status::exact, 0.0, 0.0, "00", ""}; }
  void enqueue(std::size_t) override {
    for (int i = 0; i < 50'000; ++i) last_ = i;
  }
  std::size_t operand_sets() const override { return 1; }
  Work work() const override { return {1e5, 0}; }

 private:
  volatile int last_ = 0;
};

std::vector<Group> groups_on(Device& device) {
  std::vector<Group> groups;
  for (const int m : {1, 2, 3, 4, 5, 6}) {
    Group& group = groups.emplace_back();
    group.name = "group " + std::to_string(m);
    group.device = &device;
    group.scope = {"device", {device.facts().uuid}};
    group.input_pattern = "normal";
    for (const char* name : {"one", "other"})
      group.members.push_back({CaseId{"gemm", "f32", name, Shape{{"m", m}, {"n", 1}, {"k", 1}}}, "",
                               [] { return std::make_unique<Spin>(); }});
  }
  return groups;
}

struct Taken {
  double wall_s = 1e9;
  std::map<std::string, double> medians_s;

  void keep(const std::vector<Measurement>& measurements) {
    for (const Measurement& one : measurements) {
      REQUIRE(one.samples.has_value());
      double& best = medians_s.try_emplace(one.id.str(), 1e9).first->second;
      best = std::min(best, one.samples->median_s);
    }
  }
};

class Kept final : public run::Sink {
 public:
  explicit Kept(Taken& taken) : taken_(taken) {}
  void under_way(const run::Step&) override {}
  void at_case(std::size_t) noexcept override {}
  void member_ended(const Measurement&) override {}
  void measured(run::Part, const std::vector<Measurement>& measurements) override {
    taken_.keep(measurements);
  }

 private:
  Taken& taken_;
};

/// With a device of its own: a worker is forked before anything is measured, and one that inherits
/// buffers would pay for a copy of every page of them.
void measure(run::Sink& sink) {
  HostDevice device;
  const std::vector<Group> groups = groups_on(device);
  REQUIRE(run::measure_on_devices(groups, {{20, 0.05, 0.2, 0.02}, {}, 0}, nullptr, sink));
}

void measure_here(Taken& taken) {
  const double begin_s = steady_seconds();
  Kept sink(taken);
  measure(sink);
  taken.wall_s = std::min(taken.wall_s, steady_seconds() - begin_s);
}

void measure_in_a_worker(Taken& taken) {
  const double begin_s = steady_seconds();
  run::SharedPage shared;
  {
    run::WorkerProcess worker([&](run::Channel channel) {
      run::Report report(std::move(channel), *shared);
      measure(report);
      report.finished(true, true);
    });
    for (bool ended = false; !ended;) {
      worker.wait_for_message(nullptr, shared->stop);
      REQUIRE(worker.channel().take_in());
      while (const auto message = worker.channel().next()) {
        if (message->at(run::kVerb) == "measured")
          taken.keep(run::read_from<std::vector<Measurement>>(message->at("measurements")));
        ended = message->at(run::kVerb) == "finished";
        REQUIRE(worker.channel().send(Json::object()));
      }
    }
  }
  taken.wall_s = std::min(taken.wall_s, steady_seconds() - begin_s);
}

/// Both sides on one processor: on a virtual machine the next one can be half as fast for seconds,
/// as others of its host use the same core.
void keep_to_this_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("supervision takes less than 0.3 s a run and shifts no medians") {
    keep_to_this_processor();
    Taken here, in_worker;
    for (int round = 0; round < 6; ++round) {
      measure_here(here);
      measure_in_a_worker(in_worker);
    }
    MESSAGE("supervision: ", in_worker.wall_s - here.wall_s, " s in a run of ", here.wall_s, " s");
    CHECK(in_worker.wall_s - here.wall_s < 0.3);
    REQUIRE(here.medians_s.size() == 12);
    // A heartbeat or a pipe would slow all cases; one alone is as fast as its process was placed.
    std::vector<double> ratios;
    for (const auto& [id, median_s] : here.medians_s)
      ratios.push_back(in_worker.medians_s.at(id) / median_s);
    std::sort(ratios.begin(), ratios.end());
    MESSAGE("medians supervised over alone: ", ratios.front(), " to ", ratios.back());
    const double middle = ratios[ratios.size() / 2];
    CHECK(middle > 0.95);
    CHECK(middle < 1.05);
  }
}
