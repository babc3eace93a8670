// What launchers and logs put before the lines of an output.
#pragma once

#include <vector>

#include "harness/reported/source.h"

namespace assay::reported {

/// Takes off `[1,0]<stdout>:` of Open MPI, `0: ` of srun, `[0] ` of MPICH, `[default0]:` of
/// torchrun, `(Task pid=1) ` of Ray, `[pod/x/y] ` of kubectl, `pod container ` of stern, `name | `
/// of compose, the journal's, glog's, a time before any of them, and the `> ` of a quotation. What
/// stands before every line and nowhere else: `node-0: ` or `[node-0] ` of one host, the stream and
/// the milliseconds of CloudWatch.
void remove_prefixes(std::vector<Line>& lines);

}  // namespace assay::reported
