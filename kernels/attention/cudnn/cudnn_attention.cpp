// Builds cuDNN's plans for a problem, times each on the operands, keeps the fastest.
#include "kernels/attention/cudnn/cudnn_attention.h"

#include <cstdlib>
#include <limits>

#include "kernels/attention/cudnn/cudnn.h"
#include "kernels/launch/capability.h"
#include "kernels/launch/quick_time.h"

namespace assay::attention {
namespace {

Types types_of(const char* dtype) {
  const DtypeFacts& element = facts_of(*dtype_named(dtype));
  return {element.dtype, element.dtype, element.sum};
}

std::string description() {
  const std::string what = "cuDNN's scaled dot product attention, the fastest of its heuristics, ";
  return what + (cudnn::is_left_out() ? "left out of this executable" : "loaded at run time");
}

/// A device that does not report its capability is taken for Hopper.
cudnn::Pass pass_of(Workload workload, Dtype element, const Problem& problem,
                    const Device& device) {
  const std::string capability = device.facts().compute_capability.value_or("9.0");
  return {workload, element, problem, std::atoi(capability.c_str())};
}

/// The plans and the workspace that they share.
class CudnnPass {
 public:
  CudnnPass(const cudnn::Pass& pass, Device& device)
      // What is left beside the operands is the others' too.
      : plans_(cudnn::make_plans(pass, device, device.free_memory_bytes() / 2)),
        workspace_(device.allocate(plans_->workspace_bytes())) {}

  void choose(Device& device, const OperandSets& sets) {
    if (plans_->count() == 1 || sets.purpose == Purpose::verification) return;
    double fastest_s = std::numeric_limits<double>::infinity();
    for (std::size_t plan = 0; plan < plans_->count(); ++plan) {
      const double took_s = quick_time_s(device, sets.count, [&](std::size_t set) {
        plans_->run(plan, sets.set(set), workspace_->data());
      });
      if (took_s >= fastest_s) continue;
      fastest_s = took_s;
      best_ = plan;
    }
  }

  void operator()(const Pointers& arrays) const { plans_->run(best_, arrays, workspace_->data()); }

  Json choice() const {
    return {{"library_version", plans_->library_version()},
            {"workspace_bytes", workspace_->size_bytes()},
            {"plans", plans_->count()},
            {"heuristic_rank", best_},
            {"plan", plans_->name(best_)}};
  }

 private:
  std::unique_ptr<const cudnn::Plans> plans_;
  std::unique_ptr<Buffer> workspace_;
  std::size_t best_ = 0;
};

}  // namespace

CudnnAttention::CudnnAttention(Workload workload, const char* dtype)
    : AttentionImplementation(workload, Backend::cuda, dtype, "cudnn", description(),
                              types_of(dtype)),
      workload_(workload) {}

std::optional<std::string> CudnnAttention::refuses(const Shape& shape, const Device& device) const {
  if (auto why = AttentionImplementation::refuses(shape, device)) return why;
  return cudnn::refusal(
      pass_of(workload_, types().storage, problem_of(workload_, shape).problem.value(), device));
}

std::optional<std::string> CudnnAttention::refuses_problem(const Problem& problem) const {
  if (problem.varlen) return "cuDNN is asked for sequences of one length only";
  if (problem.mask.kind == Mask::Kind::window) return "cuDNN is asked for no window";
  return std::nullopt;
}

std::optional<std::string> CudnnAttention::missing(const Device& device) const {
  if (auto why = capability_missing({8}, device)) return why;
  const std::string why = cudnn::why_none();
  if (why.empty()) return std::nullopt;
  return "cuDNN is missing: " + why;
}

AttentionImplementation::Bound CudnnAttention::bind(const Problem& problem, Device& device,
                                                    const OperandSets& sets) const {
  const auto pass =
      std::make_shared<CudnnPass>(pass_of(workload_, types().storage, problem, device), device);
  pass->choose(device, sets);
  return {bind_calls<Pointers>([pass](const Pointers& arrays) { (*pass)(arrays); }),
          pass->choice()};
}

}  // namespace assay::attention
