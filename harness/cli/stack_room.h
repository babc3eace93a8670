// A stack that is large enough for what the commands and their libraries put on it.
#pragma once

namespace assay::cli {

/// Raises a low limit of this process (`ulimit -s`), and the stacks of threads that start later
/// without a size of their own. Throws Error where the hard limit does not allow what is needed:
/// a stack that ends too early is a signal without a word.
void make_room_on_stacks();

}  // namespace assay::cli
