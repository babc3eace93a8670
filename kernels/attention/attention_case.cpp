// Refusals come before anything is allocated: backend, shape, memory, then what is missing.
#include "kernels/attention/attention_case.h"

#include <fmt/format.h>

namespace assay::attention {

Work work_of(Workload workload, const Problem& p, const Types& types) {
  const double cache = static_cast<double>(p.key_rows()) * p.stored_width() *
                       static_cast<double>(size_of(types.storage));
  if (workload == Workload::decode) return {0, cache};
  const double forward = 2.0 * p.query_heads * p.counted_pairs() * (p.width + p.value_width);
  const double bytes = stored_bytes(p, types);
  if (workload == Workload::forward) return {forward, bytes};
  // Five products instead of two. The gradients are as large as their arrays; the log-sum-exp has
  // none.
  const auto log_sum_exp = static_cast<double>(p.output_rows()) * sizeof(float);
  return {2.5 * forward, 2 * bytes - log_sum_exp};
}

Types host_types(const std::string& dtype) {
  const Dtype element = dtype == "bf16" ? Dtype::bf16 : Dtype::f32;
  return {element, element};
}

std::optional<std::string> AttentionImplementation::refuses(const Shape& shape,
                                                            const Device& device) const {
  if (device.backend() != backend_) {
    return fmt::format("runs on the {} backend only", assay::name(backend_));
  }
  const ParsedProblem parsed = problem_of(workload_, shape);
  if (!parsed.problem) return parsed.refusal;
  if (auto refusal = refuses_problem(*parsed.problem)) return refusal;
  const MemoryNeed need = workload_ == Workload::backward
                              ? gradient_memory_need(*parsed.problem, types_)
                              : memory_need(*parsed.problem, types_);
  if (auto refusal = lacks_memory(need, device)) return refusal;
  return missing(device);
}

std::unique_ptr<TimedCase> AttentionImplementation::prepare(GroupContext& context) const {
  const Problem problem = problem_of(workload_, context.shape()).problem.value();
  const auto prepared = [&]<class AllOperands>(std::shared_ptr<AllOperands> operands) {
    const OperandSets sets{operands->count(),
                           [&operands](std::size_t set) { return operands->set(set); }};
    Bound bound = bind(problem, context.device(), sets);
    return std::unique_ptr<TimedCase>(std::make_unique<Case<AllOperands>>(
        operands, bound.bind, work_of(workload_, problem, types_), std::move(bound.choice)));
  };
  if (workload_ == Workload::backward)
    return prepared(GradientOperands::of(context, problem, types_));
  return prepared(Operands::of(context, problem, types_));
}

}  // namespace assay::attention
