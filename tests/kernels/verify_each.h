// A kernel's verification at several shapes, none of which hides another.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "harness/measure/device_lost.h"
#include "harness/measure/refused.h"
#include "kernels/catalogue.h"

namespace assay::test {

/// What is wrong, a line a shape. An exception is one of them: in a subcase it would have doctest
/// skip all that follow. Only a device that is lost ends the loop, for there is nothing left to run
/// on.
inline std::vector<std::string> failures_of(const Implementation& one, Device& device,
                                            const std::vector<Shape>& shapes) {
  std::vector<std::string> failures;
  for (const Shape& shape : shapes) {
    const std::string at =
        one.workload() + "." + one.dtype() + "." + one.name() + "/" + shape.str() + ": ";
    try {
      if (const auto why = one.refuses(shape, device)) throw Refused(*why);
      GroupContext context(device, {one.workload(), one.dtype(), "", shape}, 5);
      const Verification verification = one.prepare(context)->verify();
      if (!verification.ok()) failures.push_back(at + verification.detail);
    } catch (const Refused& why) {
      MESSAGE(at, "not applicable: ", why.what());
    } catch (const DeviceLost&) {
      throw;
    } catch (const std::exception& error) {
      throw_if_lost(device, at + error.what());
      failures.push_back(at + error.what());
    }
  }
  return failures;
}

}  // namespace assay::test
