// all_gather: everyone ends with everyone's part, in rank order.
#include "collectives/collective.h"

namespace assay {
namespace {

class AllGather final : public Collective {
 public:
  Operation operation() const override { return Operation::all_gather; }
  std::string summary() const override {
    return "puts every rank's part together; everyone gets all of it";
  }
  double bus_factor(int ranks) const override { return static_cast<double>(ranks - 1) / ranks; }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.part(), problem.elements, problem.elements, problem.before(), 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_gather(in, out, problem.parts, problem.element);
  }
  int expected(const CollectiveProblem& problem, const ExactInputs& inputs,
               std::size_t index) const override {
    int rank = 0;
    for (; index >= problem.parts[static_cast<std::size_t>(rank)]; ++rank)
      index -= problem.parts[static_cast<std::size_t>(rank)];
    return inputs.at(rank, index);
  }
};

const CollectiveEnrolment<AllGather> all_gather_enrolment;

}  // namespace
}  // namespace assay
