// all_gather: everyone ends with everyone's part, in rank order.
#include "collectives/collective.h"

namespace assay {
namespace {

class AllGather final : public Collective {
 public:
  std::string workload() const override { return "all_gather"; }
  Operation operation() const override { return Operation::all_gather; }
  std::string summary() const override {
    return "puts every rank's part together; everyone gets all of it";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.part(), problem.elements, problem.before(), 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_gather(in, out, problem.parts, problem.element);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    std::vector<Segment> segments;
    for (int rank = 0; rank < problem.ranks; ++rank)
      segments.push_back({problem.parts[static_cast<std::size_t>(rank)], rank, 0});
    return segments;
  }
};

const CollectiveEnrolment<AllGather> all_gather_enrolment;

}  // namespace
}  // namespace assay
