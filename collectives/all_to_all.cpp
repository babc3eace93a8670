// all_to_all: everyone sends a different part to everyone.
#include "collectives/collective.h"

namespace assay {
namespace {

class AllToAll final : public Collective {
 public:
  Operation operation() const override { return Operation::all_to_all; }
  std::string summary() const override {
    return "sends a different part of the array to every rank";
  }
  double bus_factor(int ranks) const override { return static_cast<double>(ranks - 1) / ranks; }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    const std::size_t received = problem.part() * problem.parts.size();
    return {problem.elements, received, received, 0, 0};
  }
  std::string refuses_in_place(const CollectiveProblem& problem) const override {
    return problem.elements % problem.parts.size() == 0 ? "" : "its parts differ in size";
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_to_all(in, problem.parts, out, problem.from_each, problem.element);
  }
  int expected(const CollectiveProblem& problem, const ExactInputs& inputs,
               std::size_t index) const override {
    const std::size_t from = index / problem.part();
    return inputs.at(static_cast<int>(from), problem.before() + index % problem.part());
  }
};

const CollectiveEnrolment<AllToAll> all_to_all_enrolment;

}  // namespace
}  // namespace assay
