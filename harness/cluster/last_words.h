// The last output of a container, which is lost with its pod, and what it shows of the image.
#pragma once

#include <string>

#include "harness/cluster/kubectl.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

/// The last lines of the log of the container that ended, or else runs, with ` | ` between them; in
/// parentheses why they cannot be read.
std::string last_words(Kubectl& kubectl, const std::string& name_space, const Pod& pod);

/// The assay of the image did not understand a command line, and Assay writes all of them.
bool refuses_command(const std::string& words);

/// That the image holds another version or build than this executable, with what to do; empty where
/// nothing says so. `in_image`: what `assay version` printed there; empty: not known.
std::string image_advice(const std::string& words, const std::string& in_image);

}  // namespace assay::cluster
