// Work that is bound to its operands ahead of time, so that enqueuing it decides nothing.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace assay {

/// Enqueues once what is ready.
using Enqueue = std::function<void()>;

/// Makes something ready on these operands.
template <class Operands>
using Bind = std::function<Enqueue(const Operands&)>;

/// Of something that has nothing to make ready.
template <class Operands>
Bind<Operands> bind_calls(std::function<void(const Operands&)> call) {
  return [call = std::move(call)](const Operands& operands) -> Enqueue {
    return [call, operands] { call(operands); };
  };
}

/// Binds and enqueues at each call: for operands that are seen once, as a verification's.
template <class Operands>
std::function<void(const Operands&)> call_bound(Bind<Operands> bind) {
  return [bind = std::move(bind)](const Operands& operands) { bind(operands)(); };
}

/// Ready on each of the operand sets that a group rotates through.
template <class Operands, class Sets>
std::vector<Enqueue> bound_to_sets(Sets& sets, const Bind<Operands>& bind) {
  std::vector<Enqueue> ready;
  for (std::size_t set = 0; set < sets.count(); ++set) ready.push_back(bind(sets.set(set)));
  return ready;
}

}  // namespace assay
