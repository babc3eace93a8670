// As the scheduler rounds up what a claim asks for: by the request policy of the capacity.
#include "harness/cluster/shared_devices.h"

#include <algorithm>
#include <cmath>

#include "harness/cluster/cel_value.h"

namespace assay::cluster {

namespace {

constexpr double kRounding = 1e-9;

/// What an allocation consumes of a capacity, or none where its policy does not allow that much.
std::optional<double> rounded(double wanted, const RequestPolicy& policy) {
  if (!policy.values.empty()) {
    const auto next = std::lower_bound(policy.values.begin(), policy.values.end(), wanted);
    return next == policy.values.end() ? std::nullopt : std::optional(*next);
  }
  if (policy.least) {
    const double step = policy.step.value_or(0), above = wanted - *policy.least;
    if (above <= 0)
      wanted = *policy.least;
    else if (step > 0)
      wanted = *policy.least + std::ceil(above / step - kRounding) * step;
  }
  if (policy.most && wanted > *policy.most) return std::nullopt;
  return wanted;
}

std::optional<double> consumption(const std::string& capacity, const Texts& wanted,
                                  const Device& device) {
  const auto asked = wanted.find(capacity);
  const auto policy = device.policies.find(capacity);
  const bool has_policy = policy != device.policies.end();
  if (asked != wanted.end())
    return rounded(cel::amount_of(asked->second), has_policy ? policy->second : RequestPolicy{});
  if (has_policy && policy->second.by_default) return policy->second.by_default;
  return cel::amount_of(device.capacities.at(capacity));
}

}  // namespace

bool has_capacity(const Texts& wanted, const Device& device) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& one) { return device.capacities.contains(one.first); }) &&
         room_for(wanted, device, {}, 1) > 0;
}

std::size_t room_for(const Texts& wanted, const Device& device, const Amounts& consumed,
                     long times) {
  double room = device.is_shared ? static_cast<double>(times) : 1;
  for (const auto& [capacity, value] : device.capacities) {
    const std::optional<double> each = consumption(capacity, wanted, device);
    if (!each) return 0;
    const auto gone = consumed.find(capacity);
    const double left = cel::amount_of(value) - (gone == consumed.end() ? 0 : gone->second);
    if (*each > 0) room = std::min(room, std::floor(left / *each + kRounding));
  }
  return static_cast<std::size_t>(std::max(room, 0.0));
}

}  // namespace assay::cluster
