// The `nodes` part of a result document: machines, their devices and those devices' facts.
#pragma once

#include "harness/core/result.h"

namespace assay {

Json to_json(const NodeFacts& node);
NodeFacts node_from_json(const Json& json);

}  // namespace assay
