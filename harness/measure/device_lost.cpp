// Asks a device, behind a failure, whether it is still there.
#include "harness/measure/device_lost.h"

#include "harness/measure/device.h"

namespace assay {

void throw_if_lost(Device& device, const std::string& failure) {
  try {
    device.synchronize();
  } catch (const DeviceLost& lost) {
    throw DeviceLost(failure + "; " + lost.what(), lost.where());
  } catch (const std::exception&) {
    // Passing: no more than the failure that is known already.
  }
}

}  // namespace assay
