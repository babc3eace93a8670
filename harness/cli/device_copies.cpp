// The plan of copies, cut to what lies between devices: those from and to the host are kernels'.
#include "harness/cli/device_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "collectives/copies/groups.h"
#include "harness/core/between_ranks.h"
#include "harness/core/case_filter.h"
#include "harness/core/error.h"
#ifdef ASSAY_HAVE_CUDA
#include "collectives/copies/cuda/fabric.h"
#endif

namespace assay::cli {

namespace {

const char* kImplementation = "copy_engine";

void refuse_unknown(const CaseId& id) {
  const auto& entries = id.shape.entries();
  const bool is_known = id.dtype == "f32" && id.implementation == kImplementation;
  if (is_known && entries.size() == 1 && entries[0].key == "bytes" && entries[0].value &&
      *entries[0].value > 0 && *entries[0].value % 16 == 0)
    return;
  throw Error(
      fmt::format("the profile asks for {}: copies between devices are {}.f32.{}, and their shape "
                  "is bytes, a positive multiple of 16",
                  id.str(), id.workload, kImplementation));
}

std::vector<AskedCopies> all_asked(const Profile& profile, Backend backend) {
  std::vector<AskedCopies> all;
  for (const ProfileCases& cases : profile.cases) {
    if (cases.backend != name(backend) || !spans_devices(cases.workload)) continue;
    const std::vector<std::string> implementations = cases.implementations.empty()
                                                         ? std::vector<std::string>{kImplementation}
                                                         : cases.implementations;
    for (const std::string& dtype : cases.dtypes)
      for (const std::string& implementation : implementations)
        for (const Shape& shape : cases.shapes)
          for (const Series one : cases.series_or_cold())
            all.push_back({{cases.workload, dtype, implementation, shape}, one});
  }
  return all;
}

std::vector<PlannedCopies> between_devices(std::size_t devices) {
  std::vector<PlannedCopies> plan = plan_copies(static_cast<int>(devices));
  std::erase_if(plan, [](const PlannedCopies& set) { return !spans_devices(set.workload); });
  return plan;
}

}  // namespace

std::vector<AskedCopies> asked_device_copies(const Profile& profile, Backend backend,
                                             const std::string& filter) {
  const CaseIdFilter id_filter(filter);
  std::vector<AskedCopies> asked;
  for (const AskedCopies& one : all_asked(profile, backend)) {
    refuse_unknown(one.id);
    if (!id_filter.takes(one.id)) continue;
    if (std::find(asked.begin(), asked.end(), one) == asked.end()) asked.push_back(one);
  }
  return asked;
}

std::vector<Group> device_copies(const std::vector<AskedCopies>& asked,
                                 const std::vector<Device*>& devices,
                                 const std::vector<RankPlace>& places, std::uint64_t seed,
                                 const MakeFabric& make_fabric) {
  std::vector<Group> groups;
  for (const AskedCopies& one : asked) {
    CopyGroupOptions options;
    options.bytes = static_cast<std::size_t>(one.id.shape.at("bytes"));
    options.seed = seed;
    options.series = one.series;
    options.make_fabric = [devices, make_fabric](int timed,
                                                 const std::vector<PlannedCopy>& copies) {
      return make_fabric(devices, timed, copies);
    };
    std::vector<Group> more =
        copy_groups(between_devices(devices.size()), devices, places, options);
    std::move(more.begin(), more.end(), std::back_inserter(groups));
  }
  return groups;
}

std::vector<Group> device_copies(const std::vector<AskedCopies>& asked, const Devices& devices,
                                 const Result& node) {
#ifdef ASSAY_HAVE_CUDA
  std::vector<Device*> all;
  for (const auto& device : devices) all.push_back(device.get());
  return device_copies(asked, all, rank_places(node.nodes, {}), node.run.seed, make_cuda_fabric);
#else
  (void)asked, (void)devices, (void)node;
  return {};  // no build without CUDA has several devices
#endif
}

}  // namespace assay::cli
