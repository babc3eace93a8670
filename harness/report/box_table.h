// A report as a table of fixed width that people paste: a line a device or node.
#pragma once

#include <string>

#include "harness/report/report_data.h"

namespace assay {

/// Above so many devices a line is a node, with the figures of its slowest device.
inline constexpr std::size_t kMostDeviceLines = 64;

/// What a box table begins with.
inline constexpr std::string_view kBoxBeginning = "assay report: ";

/// The environment above, the units in the header, the lowest, the median and the total below; at
/// most 100 columns wide, further columns in further boxes. Of each workload and dtype the case
/// that is fastest, which a line below names. `colour`: what the verdict names is coloured.
std::string box_table(const ReportInput& input, bool colour);

}  // namespace assay
