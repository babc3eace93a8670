// broadcast: everyone ends with the root's array.
#include "collectives/collective.h"

namespace assay {
namespace {

class Broadcast final : public Collective {
 public:
  std::string workload() const override { return "broadcast"; }
  Operation operation() const override { return Operation::broadcast; }
  std::string summary() const override { return "sends the root's array to every rank"; }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.elements, 0, 0};
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    communicator.broadcast(in, out, problem.elements, problem.element, problem.root);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    return {{problem.elements, problem.root, 0}};
  }
};

const CollectiveEnrolment<Broadcast> broadcast_enrolment;

}  // namespace
}  // namespace assay
