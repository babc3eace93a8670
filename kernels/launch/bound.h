// Work that is bound to its operands in advance, so that enqueuing it makes no choices.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace assay {

/// Enqueues prepared work once.
using Enqueue = std::function<void()>;

/// Prepares work on these operands.
template <class Operands>
using Bind = std::function<Enqueue(const Operands&)>;

/// The Bind of a call that needs no preparation.
template <class Operands>
Bind<Operands> bind_calls(std::function<void(const Operands&)> call) {
  return [call = std::move(call)](const Operands& operands) -> Enqueue {
    return [call, operands] { call(operands); };
  };
}

/// Binds and enqueues at each call, for operands that are used only once, as in verification.
template <class Operands>
std::function<void(const Operands&)> call_bound(Bind<Operands> bind) {
  return [bind = std::move(bind)](const Operands& operands) { bind(operands)(); };
}

/// Prepares the work on each of the operand sets that a group rotates through.
template <class Operands, class Sets>
std::vector<Enqueue> bound_to_sets(Sets& sets, const Bind<Operands>& bind) {
  std::vector<Enqueue> ready;
  for (std::size_t set = 0; set < sets.count(); ++set) ready.push_back(bind(sets.set(set)));
  return ready;
}

}  // namespace assay
