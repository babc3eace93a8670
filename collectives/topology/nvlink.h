// Which GPUs NVLink connects, from NVML.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/measure/nvml.h"

namespace assay {

/// The far ends of one GPU's active links.
struct NvlinkEnds {
  std::string address;             // the GPU's PCI address
  std::vector<std::string> peers;  // PCI addresses of GPUs at the other end of a link
  bool to_switch = false;
  std::string fabric;  // `<cluster>.<clique>` of a multi-node NVLink fabric; else empty
};

/// Asks NVML about each address; a GPU that it does not know has no links.
std::vector<NvlinkEnds> read_nvlink(const Nvml& nvml, const std::vector<std::string>& addresses);

/// The NVLink domain of each GPU, in the order of `gpus`; empty: none. GPUs of one domain reach
/// each other over NVLink alone. `node` is the prefix of a domain that has no fabric's name.
std::vector<std::string> nvlink_domains(const std::vector<NvlinkEnds>& gpus,
                                        const std::string& node);

}  // namespace assay
