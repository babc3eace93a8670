// all_reduce: everyone ends with the sum of everyone's array.
#include "collectives/collective.h"

namespace assay {
namespace {

class AllReduce final : public Collective {
 public:
  std::string workload() const override { return "all_reduce"; }
  Operation operation() const override { return Operation::all_reduce; }
  std::string summary() const override {
    return "sums an array over ranks; everyone gets all of it";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.elements, 0, 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_reduce(in, out, problem.elements, problem.element);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    return {{problem.elements, kSumOverRanks, 0}};
  }
};

const CollectiveEnrolment<AllReduce> all_reduce_enrolment;

}  // namespace
}  // namespace assay
