// Implementations that take the process down with them, or never return: what a run must outlive.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/device_lost.h"
#include "harness/measure/sign_of_life.h"
#include "kernels/catalogue.h"
#ifdef ASSAY_HAVE_CUDA
#include "harness/measure/cuda/check.h"
#endif

namespace assay {

namespace {

class FaultyCase : public TimedCase {
 public:
  explicit FaultyCase(std::function<void()> fault) : fault_(std::move(fault)) {}
  Verification verify() override { return {Verification::Status::exact, {}, {}, {}, ""}; }
  void enqueue(std::size_t) override { fault_(); }
  std::size_t operand_sets() const override { return 1; }
  Work work() const override { return {1, 0}; }

 private:
  std::function<void()> fault_;
};

class Faulty : public Implementation {
 public:
  Faulty(std::string name, std::function<void()> fault)
      : name_(std::move(name)), fault_(std::move(fault)) {}

  std::string workload() const override { return "gemm"; }
  std::string dtype() const override { return "f32"; }
  std::string name() const override { return name_; }
  Backend backend() const override { return Backend::host; }
  std::string summary() const override { return "planted: breaks the process"; }
  std::optional<std::string> refuses(const Shape&, const Device&) const override { return {}; }
  std::unique_ptr<TimedCase> prepare(GroupContext&) const override {
    return std::make_unique<FaultyCase>(fault_);
  }

 private:
  std::string name_;
  std::function<void()> fault_;
};

/// Takes CPU time only where that is limited: other tests run beside it.
[[noreturn]] void hang() {
  rlimit cpu_time{};
  getrlimit(RLIMIT_CPU, &cpu_time);
  const bool waits = cpu_time.rlim_cur == RLIM_INFINITY;
  for (volatile bool for_ever = true; for_ever;) {
    if (waits) pause();
  }
  std::abort();
}

/// All that a control group allows, and no more than a machine without one has.
void take_all_memory() {
  constexpr std::size_t kPiece = std::size_t{16} << 20, kMost = std::size_t{2} << 30;
  std::vector<std::vector<char>> taken;
  for (std::size_t bytes = 0; bytes < kMost; bytes += kPiece) taken.emplace_back(kPiece, 1);
}

[[noreturn]] void lose_the_device() {
#ifdef ASSAY_HAVE_CUDA
  check(cudaErrorIllegalAddress, "running a case on the GPU");
#endif
  throw DeviceLost("the device is lost");
}

/// Long preparations with signs of life in them.
void prepare_for_long() {
  for (int tick = 0; tick < 40; ++tick) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    sign_of_life();
  }
}

bool is_recorded(const std::string& implementation) {
  std::ifstream file("result.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.find("gemm.f32." + implementation + "/") != std::string::npos;
}

/// Too uneven to end by itself, however many calls make a sample: of two calls one takes about 1
/// ms, of four one about 4 ms, of eight one about 16 ms. "About" is from half to twice of it, so
/// that the median is never known well enough for stable noise. Never returns once another member
/// of its group is recorded.
void hang_late() {
  static unsigned calls = 0;
  const int longest = std::min(5, std::countr_zero(++calls));
  std::this_thread::sleep_for(std::chrono::microseconds(125 * (4 + calls * 7 % 11)) *
                              (1 << (2 * longest)));
  if (!is_recorded("blocked")) return;
  std::ofstream("inside-a-sample").flush();  // tells the test
  hang();
}

struct Hang : Faulty {
  Hang() : Faulty("planted_hang", hang) {}
};
struct Abort : Faulty {
  Abort() : Faulty("planted_abort", [] { std::abort(); }) {}
};
struct Kill : Faulty {
  Kill() : Faulty("planted_kill", [] { raise(SIGKILL); }) {}
};
struct Illegal : Faulty {
  Illegal() : Faulty("planted_illegal", [] { raise(SIGILL); }) {}
};
struct Exit : Faulty {
  Exit() : Faulty("planted_exit", [] { std::_Exit(5); }) {}
};
struct Lost : Faulty {
  Lost() : Faulty("planted_lost", lose_the_device) {}
};
struct Hungry : Faulty {
  Hungry() : Faulty("planted_hungry", take_all_memory) {}
};
struct Late : Faulty {
  Late() : Faulty("planted_late", hang_late) {}
};
struct Patient : Faulty {
  Patient() : Faulty("planted_patient", [] {}) {}
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    prepare_for_long();
    return Faulty::prepare(context);
  }
};

/// Right, where it is told that nothing is timed.
struct Untimed : Faulty {
  Untimed() : Faulty("planted_untimed", [] {}) {}
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override {
    if (context.purpose() == Purpose::timing) throw Error("prepared to be timed");
    return Faulty::prepare(context);
  }
};

const Enrolment<Hang> hang_enrolment;
const Enrolment<Abort> abort_enrolment;
const Enrolment<Kill> kill_enrolment;
const Enrolment<Illegal> illegal_enrolment;
const Enrolment<Exit> exit_enrolment;
const Enrolment<Lost> lost_enrolment;
const Enrolment<Hungry> hungry_enrolment;
const Enrolment<Late> late_enrolment;
const Enrolment<Patient> patient_enrolment;
const Enrolment<Untimed> untimed_enrolment;

}  // namespace

}  // namespace assay
