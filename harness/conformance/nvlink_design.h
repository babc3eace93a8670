// The NVLinks that a device should have up: by its part's design and by what its peers have.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// What joins the devices of a part: an NVSwitch board, or one of four, connects every link of
/// every device; a mesh of eight (SXM2, without switches) too, but who has a part of one has the
/// links within that part; a bridge connects some, and a card works without one.
enum class NvlinkBoard { full, mesh, bridged, unknown };

struct NvlinkDesign {
  NvlinkBoard board = NvlinkBoard::unknown;
  int bridged_links = 0;  // of a bridged part, as its bridges connect
};

/// By the name that the driver gives the part, and by a link that ends at a switch.
NvlinkDesign nvlink_design(const DeviceFacts& device);

/// What the devices of some documents should have, by what their peers have: the devices of the
/// same name, in a mesh those on as many devices. Looks at each device once, and keeps none of the
/// documents.
class NvlinkPeers {
 public:
  explicit NvlinkPeers(const std::vector<Result>& results);

  /// The links that a device of `node` should have active; 0: none is expected (a card without a
  /// bridge). Nothing: its links are not known.
  std::optional<int> expected(const NodeFacts& node, const DeviceFacts& device) const;
  /// Whether NVLink alone should join every two devices of the node, so that none needs PCIe.
  bool join(const NodeFacts& node) const;

 private:
  struct Part {
    int slots = 0, best = 0;
    NvlinkDesign design;  // of the first device that tells it
  };
  using Key = std::pair<std::string, std::size_t>;  // the device's name; in a mesh, how many
  static Key key_of(const NodeFacts& node, const DeviceFacts& device);
  std::map<Key, Part> parts_;
};

}  // namespace assay
