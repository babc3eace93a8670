// What is asked of a cluster: command lines of kubectl, so that the user's own authentication
// works.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/error.h"

namespace assay::cluster {

struct Call {
  std::vector<std::string> words;  // what follows `kubectl`
  double timeout_s = 60;
  bool whole = false;  // a stop lets it end: what it changes must be known
};

struct Answer {
  int code = 0;
  std::string out, err;
  bool ok() const { return code == 0; }
};

/// The API server gave no answer this time; it may give one later.
class Unreachable : public Error {
 public:
  explicit Unreachable(const std::string& message) : Error(message) {}
};

/// kubectl, or what a test puts in its place.
class Kubectl {
 public:
  virtual ~Kubectl() = default;
  virtual Answer ask(const Call& call) = 0;
};

/// The kubectl of PATH. A call that runs when `stop` is set is ended, unless it is to be whole; one
/// that starts later runs as ever. Its `ask` throws Unreachable where the API server cannot be
/// asked at all, in one line that says which of the ways it is: unreachable, unknown name, foreign
/// certificate, not logged in, no such context, no kubeconfig.
std::unique_ptr<Kubectl> installed_kubectl(const std::atomic<bool>* stop);

/// What is wrong with the connection, by what kubectl wrote; empty: nothing.
std::string connection_fault(const std::string& err);

/// The first line of an answer that says why it failed, short enough for a message.
std::string reason_of(const Answer& answer);

/// The output, or an Error: `what: reason`.
std::string require(const Answer& answer, const std::string& what);

}  // namespace assay::cluster
