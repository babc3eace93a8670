// The module's only exported function: everything else of it is reached through Communicator.
#include "collectives/gloo/communicator.h"

extern "C" __attribute__((visibility("default"))) assay::Communicator* assay_connect_gloo(
    const assay::GlooOptions& options) {
  return assay::connect_gloo(options).release();
}
