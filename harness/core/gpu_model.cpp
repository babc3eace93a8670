// Published figures of whole products.
#include "harness/core/gpu_model.h"

namespace assay {

namespace {

constexpr double kNdr = 50e9, kHdr = 25e9;  // a port of 400 or 200 Gbit/s

// Memory and L2 as the driver reports them of such a part. The datasheet of GB200 gives neither its
// multiprocessors nor its clock: many published device queries have 152 and 2062 MHz (with 10.0,
// 189471 MiB and 1200 W), of which the dense rates of the datasheet follow to 3 %.
constexpr GpuModel kModels[] = {
    {"a100-sxm", "NVIDIA A100-SXM4-80GB", "10de:20b2", 8, 0, 108, 1410, 81920, 40, 400, 12, 4, kHdr,
     8, 8, "NVIDIA A100 datasheet; DGX A100: one HDR port per GPU"},
    {"h100-sxm", "NVIDIA H100 80GB HBM3", "10de:2330", 9, 0, 132, 1980, 81559, 50, 700, 18, 5, kNdr,
     8, 8, "NVIDIA H100 datasheet; DGX H100: one NDR port per GPU"},
    {"h200-sxm", "NVIDIA H200", "10de:2335", 9, 0, 132, 1980, 143156, 60, 700, 18, 5, kNdr, 8, 8,
     "NVIDIA H200 datasheet; DGX H200: one NDR port per GPU"},
    {"b200-sxm", "NVIDIA B200", "10de:2901", 10, 0, 148, 1965, 183359, 126, 1000, 18, 5, kNdr, 8, 8,
     "NVIDIA HGX B200 datasheet; DGX B200: one NDR port per GPU"},
    {"gb200", "NVIDIA GB200", "10de:2941", 10, 0, 152, 2062, 189471, 126, 1200, 18, 5, kNdr, 4, 72,
     "NVIDIA GB200 NVL72 datasheet; one NDR port per GPU"},
};

}  // namespace

std::span<const GpuModel> gpu_models() { return kModels; }

const GpuModel* gpu_model_named(std::string_view name) {
  for (const GpuModel& model : kModels)
    if (name == model.name) return &model;
  return nullptr;
}

const GpuModel* gpu_model_of_pci_id(std::string_view pci_id) {
  for (const GpuModel& model : kModels)
    if (pci_id == model.pci_id) return &model;
  return nullptr;
}

GpuPart part_of(const GpuModel& model) {
  GpuPart part;
  part.major = model.major;
  part.minor = model.minor;
  part.multiprocessors = model.multiprocessors;
  part.pci_id = model.pci_id;
  part.max_clock_hz = model.clock_mhz * 1e6;
  part.pcie_generation_max = model.pcie_generation;
  part.pcie_width_max = 16;
  part.nvlink_count = model.nvlinks;
  return part;
}

}  // namespace assay
