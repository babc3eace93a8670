// A time in which the API server does not answer, e.g. while its machine is upgraded.
#pragma once

#include "harness/cluster/kubectl.h"
#include "harness/cluster/watch.h"

namespace assay::cluster {

/// A run goes on while nobody watches it, so one call without an answer does not end it.
class Outage {
 public:
  explicit Outage(const Pace& pace) : pace_(pace) {}

  /// Says `why` once, and sleeps before the next try. Throws it when the server has not answered
  /// for five minutes.
  void wait(const Unreachable& why);
  /// The server has answered.
  void end();

 private:
  const Pace& pace_;
  double since_s_ = -1;
};

}  // namespace assay::cluster
