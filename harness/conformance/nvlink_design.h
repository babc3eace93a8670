// The NVLinks that a device should have up: by its part's design and by what its peers have.
#pragma once

#include <map>
#include <optional>
#include <string>
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

/// What the devices of some documents should have, by what their peers have: the devices of the
/// same name. Looks at each device once, and keeps none of the documents.
class NvlinkPeers {
 public:
  explicit NvlinkPeers(const std::vector<Result>& results);

  /// The links that `device` should have active; 0: none is expected (a card without a bridge).
  /// Nothing: its links are not known.
  std::optional<int> expected(const DeviceFacts& device) const;
  /// Whether NVLink alone should join every two devices of the node, so that none needs PCIe.
  bool join(const NodeFacts& node) const;

 private:
  struct Part {
    int slots = 0, best = 0;
    NvlinkDesign design;  // of the first device that tells it
  };
  std::map<std::string, Part> parts_;  // by the device's name
};

}  // namespace assay
