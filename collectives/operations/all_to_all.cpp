// all_to_all: everyone sends a different part to everyone.
#include "collectives/collective.h"

namespace assay {
namespace {

class AllToAll final : public Collective {
 public:
  std::string workload() const override { return "all_to_all"; }
  Operation operation() const override { return Operation::all_to_all; }
  std::string summary() const override {
    return "sends a different part of the array to every rank";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    const std::size_t received = problem.part() * problem.parts.size();
    return {problem.elements, received, 0, 0};
  }
  std::string refuses_in_place(const CollectiveProblem& problem) const override {
    return problem.elements % problem.parts.size() == 0 ? "" : "its parts differ in size";
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.all_to_all(in, problem.parts, out, problem.from_each, problem.element);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    std::vector<Segment> segments;
    for (int rank = 0; rank < problem.ranks; ++rank)
      segments.push_back({problem.part(), rank, problem.before()});
    return segments;
  }
};

const CollectiveEnrolment<AllToAll> all_to_all_enrolment;

}  // namespace
}  // namespace assay
