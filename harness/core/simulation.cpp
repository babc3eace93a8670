// Looks at the mark, the backend and the model that the simulator leaves.
#include "harness/core/simulation.h"

namespace assay {

bool is_simulation(const Result& result) {
  return result.extensions.contains(kSimulation) ||
         (result.simulated && result.run.backend != "host");
}

}  // namespace assay
