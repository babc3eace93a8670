// Implementations that take the process down with them, or never return: what a run must outlive.
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>

#include "harness/measure/device_lost.h"
#include "kernels/catalogue.h"

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

[[noreturn]] void hang() {
  for (volatile bool for_ever = true; for_ever;) {
  }
  std::abort();
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
  Lost() : Faulty("planted_lost", [] { throw DeviceLost("the device is lost"); }) {}
};

const Enrolment<Hang> hang_enrolment;
const Enrolment<Abort> abort_enrolment;
const Enrolment<Kill> kill_enrolment;
const Enrolment<Illegal> illegal_enrolment;
const Enrolment<Exit> exit_enrolment;
const Enrolment<Lost> lost_enrolment;

}  // namespace

}  // namespace assay
