// Devices as ResourceSlices publish them, and the rules that taint them, from kubectl's JSON.
#include <iterator>
#include <map>
#include <utility>

#include "harness/cluster/cel_value.h"
#include "harness/cluster/json_fields.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

namespace {

/// The slices of a pool's newest generation: the scheduler ignores those of before it changed.
struct Pool {
  long generation = 0, seen = 0, slices = 0;
  std::vector<Device> devices;
  Amounts counters;  // by `set/counter`
};

/// Effects that are not known count as none, as the API has it.
bool keeps_claims_away(const Json& taint) {
  const std::string effect = text(taint, {"effect"});
  return effect == "NoSchedule" || effect == "NoExecute";
}

void add_counters(const Json& set, const std::string& name, Amounts& counters) {
  const Json& all = at(set, {"counters"});
  if (!all.is_object()) return;
  for (const auto& [counter, value] : all.items())
    counters[name + "/" + counter] = cel::amount_of(text(value, {"value"}));
}

std::optional<double> amount(const Json& json, const char* key) {
  const Json& value = at(json, {key});
  return value.is_null() ? std::nullopt : std::optional(cel::amount_of(text(value, {})));
}

RequestPolicy policy_of(const Json& policy) {
  const Json& range = at(policy, {"validRange"});
  RequestPolicy found{amount(policy, "default"),
                      {},
                      amount(range, "min"),
                      amount(range, "max"),
                      amount(range, "step")};
  for (const Json& value : at(policy, {"validValues"}))
    found.values.push_back(cel::amount_of(text(value, {})));
  return found;
}

void add_attributes(const Json& device, Device& found) {
  const Json& attributes = at(device, {"attributes"});
  if (attributes.is_object())
    for (const auto& [key, value] : attributes.items())
      for (const auto& [type, content] : value.items()) {
        found.attributes[key] = content.is_string() ? content.get<std::string>() : content.dump();
        found.types[key] = type;
      }
  const Json& capacities = at(device, {"capacity"});
  if (capacities.is_object())
    for (const auto& [key, value] : capacities.items()) {
      found.capacities[key] = text(value, {"value"});
      found.policies[key] = policy_of(at(value, {"requestPolicy"}));
    }
  found.is_shared = truth(device, {"allowMultipleAllocations"});
}

Device device_of(const Json& device, const Json& spec) {
  Device found{
      text(spec, {"driver"}), text(spec, {"pool", "name"}), text(device, {"name"}), "", {}};
  found.node = text(device, {"nodeName"});
  if (found.node.empty()) found.node = text(spec, {"nodeName"});
  add_attributes(device, found);
  for (const Json& taint : at(device, {"taints"}))
    if (keeps_claims_away(taint)) found.taints.push_back(taint_of(taint));
  Amounts used;
  for (const Json& set : at(device, {"consumesCounters"}))
    add_counters(set, text(set, {"counterSet"}), used);
  for (const auto& [counter, number] : used) found.shares[counter].used = number;
  return found;
}

/// A counter that no slice publishes limits nothing that is known.
void add_limits(Pool& pool) {
  for (Device& device : pool.devices)
    for (auto share = device.shares.begin(); share != device.shares.end();) {
      const auto limit = pool.counters.find(share->first);
      if (limit != pool.counters.end()) share->second.of = limit->second;
      share = limit == pool.counters.end() ? device.shares.erase(share) : std::next(share);
    }
}

void add_slice(const Json& spec, Pool& pool) {
  const long generation = number(spec, {"pool", "generation"});
  if (generation < pool.generation) return;
  if (generation > pool.generation) pool = Pool{generation, 0, 0, {}, {}};
  ++pool.seen;
  pool.slices = number(spec, {"pool", "resourceSliceCount"});
  for (const Json& set : at(spec, {"sharedCounters"}))
    add_counters(set, text(set, {"name"}), pool.counters);
  for (const Json& device : at(spec, {"devices"})) pool.devices.push_back(device_of(device, spec));
}

}  // namespace

Published read_slices(const std::string& list) {
  std::map<std::pair<std::string, std::string>, Pool> pools;
  each(list, "resource slices", [&](const Json& slice) {
    const Json& spec = at(slice, {"spec"});
    add_slice(spec, pools[{text(spec, {"driver"}), text(spec, {"pool", "name"})}]);
  });
  Published all;
  for (auto& [name, pool] : pools) {
    add_limits(pool);
    if (pool.seen < pool.slices)
      all.incomplete.push_back({name.first, name.second, pool.seen, pool.slices});
    std::move(pool.devices.begin(), pool.devices.end(), std::back_inserter(all.devices));
  }
  return all;
}

std::vector<TaintRule> read_taint_rules(const std::string& list) {
  std::vector<TaintRule> rules;
  each(list, "device taint rules", [&](const Json& object) {
    const Json& selector = at(object, {"spec", "deviceSelector"});
    const Json& taint = at(object, {"spec", "taint"});
    if (selector.is_null() || !keeps_claims_away(taint)) return;  // it selects none
    rules.push_back({text(selector, {"driver"}), text(selector, {"pool"}),
                     text(selector, {"device"}), text(selector, {"deviceClassName"}),
                     taint_of(taint), text(object, {"metadata", "name"}), selectors_of(selector)});
  });
  return rules;
}

}  // namespace assay::cluster
