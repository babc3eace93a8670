// The interface between the executable and the Gloo module: options, and the store's two calls.
#pragma once

#include <functional>
#include <string>

#include "collectives/communicator.h"

namespace assay {

struct GlooOptions {
  int rank = 0;
  int size = 1;
  std::string address;     // at which the other ranks reach this one
  double deadline_s = 60;  // for each call, connecting included
  std::string prefix;      // of every key; distinguishes worlds in one store
  std::function<void(const std::string& key, const std::string& value)> set;
  std::function<std::string(const std::string& key)> get;  // waits until it is set
};

/// The module's only function. Throws LostPeer or Error; the caller owns what it returns.
using ConnectGloo = Communicator*(const GlooOptions& options);
inline constexpr const char* kConnectGloo = "assay_connect_gloo";

}  // namespace assay
