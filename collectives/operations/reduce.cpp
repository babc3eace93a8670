// reduce: the root ends with the sum of everyone's array.
#include "collectives/collective.h"

namespace assay {
namespace {

class Reduce final : public Collective {
 public:
  std::string workload() const override { return "reduce"; }
  Operation operation() const override { return Operation::reduce; }
  std::string summary() const override {
    return "sums an array over ranks; the root gets all of it";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.elements, 0, 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.reduce(in, out, problem.elements, problem.element, problem.root);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    if (problem.rank != problem.root) return {};
    return {{problem.elements, kSumOverRanks, 0}};
  }
};

const CollectiveEnrolment<Reduce> reduce_enrolment;

}  // namespace
}  // namespace assay
