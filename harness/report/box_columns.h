// What a box table shows: a line a device or node, a column a workload and dtype.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/report/report_data.h"

namespace assay {

struct BoxLine {
  std::string name;     ///< Plain: `node-a/3`, or the node.
  std::string verdict;  ///< ok | warn | unclear | fail; empty where nothing was judged.
};

struct BoxColumn {
  std::string title, unit;
  std::string what;                      ///< The case, its series and where.
  std::map<std::size_t, double> values;  ///< By line, in `unit`.
  std::set<std::size_t> failed;          ///< Lines with a device that has no figure to show.
  std::optional<double> total;           ///< Of all devices; absent for what does not add up.
};

/// A case that failed, of whatever scope, whether or not it has a column.
struct BoxFailure {
  std::string what;  ///< The case and its series.
  std::size_t failed = 0, measurements = 0;
};

struct BoxData {
  bool by_node = false;
  std::vector<BoxLine> lines;
  std::vector<BoxColumn> columns;
  std::vector<BoxFailure> failures;
};

/// A line is a node above `most_devices` devices.
BoxData box_data(const ReportInput& input, std::size_t most_devices);

}  // namespace assay
