// An implementation whose one sample takes a minute: what a run must be able to be ended in.
#include <chrono>
#include <fstream>
#include <thread>

#include "kernels/catalogue.h"

namespace assay {

namespace {

class SlowCase : public TimedCase {
 public:
  Verification verify() override { return {Verification::Status::exact, {}, {}, {}, ""}; }
  void enqueue(std::size_t) override {
    std::ofstream("inside-a-sample").flush();  // tells the test, by the folder that it runs in
    std::this_thread::sleep_for(std::chrono::minutes(1));
  }
  std::size_t operand_sets() const override { return 1; }
  Work work() const override { return {1, 0}; }
};

class Slow : public Implementation {
 public:
  std::string workload() const override { return "gemm"; }
  std::string dtype() const override { return "f32"; }
  std::string name() const override { return "planted_slow"; }
  Backend backend() const override { return Backend::host; }
  std::string summary() const override { return "sleeps for a minute"; }
  std::optional<std::string> refuses(const Shape&, const Device&) const override { return {}; }
  std::unique_ptr<TimedCase> prepare(GroupContext&) const override {
    return std::make_unique<SlowCase>();
  }
};

const Enrolment<Slow> enrolment;

}  // namespace

}  // namespace assay
