// What a baseline's accelerator can reach, from published figures alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/baseline.h"

namespace assay {

/// A figure; two where the part itself is not known, but others of its chip are.
struct FigureRange {
  double low = 0, high = 0;
};

/// Rates of one accelerator, one direction. What is not known is absent.
struct PartLight {
  std::map<std::string, FigureRange> flop_per_s;  ///< Dense, by dtype.
  std::optional<FigureRange> memory, host_link, nvlink, nic;
  bool has_multicast = false;  ///< NVLink switches that add and copy (NVLS).
  int devices_per_node = 0;
  int nvlink_domain = 0;  ///< Devices that NVLink joins; 0: not known.
};

/// By the baseline's first PCI id that is in the tables, else by its SKU, else by the other parts
/// of the same chip; nothing where none of them is known (a host).
std::optional<PartLight> light_of(const Baseline& baseline);

/// What decides which cases an accelerator can run.
struct PartKind {
  std::string backend;             ///< `cuda`, `host`; empty: not known.
  std::string compute_capability;  ///< `9.0`; empty: not known.
  int nvlink_domain = 0;           ///< Devices that NVLink joins; 0: not known.
};
PartKind kind_of(const Baseline& baseline);
/// Of the chip whose ids begin like this one; empty where that is not known.
std::string capability_of_pci_id(std::string_view id);

/// The most that the row's metric can be at its shape, and by what: the lower of compute and
/// memory, the rate of a link, or what the fabric allows a collective. Nothing where that is not
/// known.
struct RowLimit {
  FigureRange rate;
  std::string by;
  double work = 0;  ///< Of one pass, in the metric's unit; 0: the size is not known.
};
std::optional<RowLimit> limit_of(const BaselineRow& row, const PartLight& light);

}  // namespace assay
