// send_recv: a ring in which everyone sends to the next and receives from the last.
#include "collectives/collective.h"

namespace assay {
namespace {

class SendRecv final : public Collective {
 public:
  std::string workload() const override { return "send_recv"; }
  Operation operation() const override { return Operation::send_recv; }
  std::string summary() const override {
    return "sends an array to the next rank while the last one's arrives";
  }
  CollectiveExtent extent(const CollectiveProblem& problem) const override {
    return {problem.elements, problem.elements, 0, 0};
  }
  std::string refuses_in_place(const CollectiveProblem&) const override {
    return "an array cannot leave and arrive in one place";
  }
  void run(Communicator& communicator, const CollectiveProblem& problem, const void* in,
           void* out) const override {
    const int next = (problem.rank + 1) % problem.ranks;
    const int last = (problem.rank + problem.ranks - 1) % problem.ranks;
    communicator.send_receive(in, problem.elements, next, out, problem.elements, last,
                              problem.element);
  }
  std::vector<Segment> expected(const CollectiveProblem& problem) const override {
    const int last = (problem.rank + problem.ranks - 1) % problem.ranks;
    return {{problem.elements, last, 0}};
  }
};

const CollectiveEnrolment<SendRecv> send_recv_enrolment;

}  // namespace
}  // namespace assay
