// Every asked case over the plan of copies between this node's devices.
#include "harness/run/device_copies.h"

#include <iterator>

#include "collectives/copies/groups.h"
#include "harness/core/error.h"
#ifdef ASSAY_HAVE_CUDA
#include "collectives/copies/cuda/fabric.h"
#endif

namespace assay::run {

namespace {

MakeFabric cuda_fabric() {
#ifdef ASSAY_HAVE_CUDA
  return make_cuda_fabric;
#else
  return [](const std::vector<Device*>&, int, const PlannedCopies&) -> std::shared_ptr<CopyFabric> {
    throw Error("this executable was built without CUDA: it copies nothing between devices");
  };
#endif
}

}  // namespace

std::vector<Group> device_copies(const std::vector<AskedGroup>& asked,
                                 const std::vector<Device*>& devices,
                                 const std::vector<RankPlace>& places, std::uint64_t seed,
                                 const MakeFabric& make_fabric) {
  std::vector<Group> groups;
  for (const AskedGroup& one : asked) {
    if (one.reach != Reach::between_devices) continue;
    CopyGroupOptions options;
    options.bytes = static_cast<std::size_t>(one.shape.at("bytes"));
    options.seed = seed;
    options.series = one.series;
    options.make_fabric = [devices, make_fabric](int timed, const PlannedCopies& copies) {
      return make_fabric(devices, timed, copies);
    };
    std::vector<Group> more =
        copy_groups(plan_copies(static_cast<int>(devices.size())), devices, places, options);
    for (Group& group : more) group.sampling = one.sampling;
    std::move(more.begin(), more.end(), std::back_inserter(groups));
  }
  return groups;
}

std::vector<Group> device_copies(const std::vector<AskedGroup>& asked, const Devices& devices,
                                 const Result& node) {
  std::vector<Device*> all;
  for (const auto& device : devices) all.push_back(device.get());
  return device_copies(asked, all, rank_places(node.nodes, {}), node.run.seed, cuda_fabric());
}

}  // namespace assay::run
