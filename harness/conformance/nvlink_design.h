// The NVLinks that a device should have up: by its part's design and by what its peers have.
#pragma once

#include <optional>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// What joins the devices of a part: an NVSwitch board or a mesh connects every link of every
/// device; a bridge connects some, and a card works without one.
enum class NvlinkBoard { full, bridged, unknown };

struct NvlinkDesign {
  NvlinkBoard board = NvlinkBoard::unknown;
  int bridged_links = 0;  // of a bridged part, as its bridges connect
};

/// By the name that the driver gives the part, and by a link that ends at a switch.
NvlinkDesign nvlink_design(const DeviceFacts& device);

/// The links that `device` should have active; 0: none is expected (a card without a bridge).
/// Its peers are the devices of the same name in all `results`. Nothing: its links are not known.
std::optional<int> expected_nvlinks(const DeviceFacts& device, const std::vector<Result>& results);

/// Whether NVLink alone should join every two devices of the node, so that none needs PCIe.
bool nvlink_joins(const NodeFacts& node, const std::vector<Result>& results);

}  // namespace assay
