// Counts from the first call that was not answered.
#include "harness/cluster/outage.h"

#include <fmt/format.h>

namespace assay::cluster {

namespace {

constexpr double kNextTry_s = 2;
constexpr double kLongest_s = 300;  // an upgrade of a control plane with one server takes minutes

}  // namespace

void Outage::wait(const Unreachable& why) {
  if (since_s_ < 0) {
    since_s_ = pace_.now_s();
    pace_.say(fmt::format("{}; trying again for {:.0f} s", why.what(), kLongest_s));
  }
  if (pace_.now_s() - since_s_ >= kLongest_s) throw why;
  pace_.sleep_s(kNextTry_s);
}

void Outage::end() {
  if (since_s_ >= 0) pace_.say("the API server answers again");
  since_s_ = -1;
}

}  // namespace assay::cluster
