// reduce_scatter: each ends with the sum of everyone's array over its own part.
#include "collectives/collective.h"

namespace assay {
namespace {

class ReduceScatter final : public Collective {
 public:
  std::string workload() const override { return "reduce_scatter"; }
  Operation operation() const override { return Operation::reduce_scatter; }
  std::string summary() const override {
    return "sums an array over ranks; everyone gets its part";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.part(), 0, problem.before()};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.reduce_scatter(in, out, problem.parts, problem.element);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    return {{problem.part(), kSumOverRanks, problem.before()}};
  }
};

const CollectiveEnrolment<ReduceScatter> reduce_scatter_enrolment;

}  // namespace
}  // namespace assay
