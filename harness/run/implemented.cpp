// The catalogue of kernels, and what libraries do between devices and ranks.
#include "harness/run/implemented.h"

#include "collectives/collective.h"
#include "collectives/pair_rounds.h"
#include "collectives/variants.h"
#include "harness/core/dtype.h"
#include "kernels/catalogue.h"

namespace assay::run {

namespace {

void add_between_ranks(Backend backend, const std::string& library, std::vector<Implemented>& all) {
  for (const DtypeFacts& facts : kDtypes) {
    const std::string dtype(facts.name);
    if (!moved_dtype(dtype)) continue;
    for (const auto& collective : collectives()) {
      all.push_back({collective->workload(), dtype, name(backend), library});
      for (const std::string& variant : variants_of(library))
        all.push_back({collective->workload(), dtype, name(backend), variant, true});
    }
    all.push_back({kPairWorkload, dtype, name(backend), library});
  }
}

}  // namespace

std::vector<Implemented> implemented() {
  std::vector<Implemented> all;
  bool has_cuda = false;
  for (const auto& one : catalogue()) {
    has_cuda |= one->backend() == Backend::cuda;
    all.push_back({one->workload(), one->dtype(), name(one->backend()), one->name()});
  }
  add_between_ranks(Backend::host, "gloo", all);
  if (!has_cuda) return all;
  add_between_ranks(Backend::cuda, "nccl", all);
  all.push_back({"device_to_device", "f32", name(Backend::cuda), "copy_engine"});
  return all;
}

}  // namespace assay::run
