// Which GPUs NVLink joins, from NVML.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/measure/nvml.h"

namespace assay {

/// What one GPU's active links lead to.
struct NvlinkEnds {
  std::string address;             // the GPU's PCI address
  std::vector<std::string> peers;  // PCI addresses of GPUs at the other end of a link
  bool to_switch = false;
  std::string fabric;  // `<cluster>.<clique>` of a multi-node NVLink fabric; else empty
};

/// Asks NVML about each address; a GPU that it does not know has no links.
std::vector<NvlinkEnds> read_nvlink(const Nvml& nvml, const std::vector<std::string>& addresses);

/// The domain of each GPU, in their order: GPUs with the same text reach each other by NVLink
/// alone; empty where there is none. `node` begins the name of a domain that no fabric names.
std::vector<std::string> nvlink_domains(const std::vector<NvlinkEnds>& gpus,
                                        const std::string& node);

}  // namespace assay
