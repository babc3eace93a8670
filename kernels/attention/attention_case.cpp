// Refusals come before anything is allocated: backend, shape, memory, then what is missing.
#include "kernels/attention/attention_case.h"

#include <fmt/format.h>

#include "harness/core/case_work.h"
#include "harness/core/dtype.h"

namespace assay::attention {

Types host_types(const std::string& dtype) {
  const Dtype element = dtype_named(dtype).value();
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
  const Work work = assay::work_of({workload(), dtype_, name_, context.shape()}).value();
  const auto prepared = [&]<class AllOperands>(std::shared_ptr<AllOperands> operands) {
    const OperandSets sets{operands->count(),
                           [&operands](std::size_t set) { return operands->set(set); },
                           context.purpose()};
    Bound bound = bind(problem, context.device(), sets);
    return std::unique_ptr<TimedCase>(
        std::make_unique<Case<AllOperands>>(operands, bound.bind, work, std::move(bound.choice)));
  };
  if (workload_ == Workload::backward)
    return prepared(GradientOperands::of(context, problem, types_));
  return prepared(Operands::of(context, problem, types_));
}

}  // namespace assay::attention
