// What crosses between the executable and the Gloo module: plain facts, and the store's two calls.
#pragma once

#include <functional>
#include <string>

#include "collectives/communicator.h"

namespace assay {

struct GlooOptions {
  int rank = 0;
  int size = 1;
  std::string address;     // this rank's own, that the others reach it by
  double deadline_s = 60;  // for each call, connecting included
  std::string prefix;      // of every key; tells one world from another at the same store
  std::function<void(const std::string& key, const std::string& value)> set;
  std::function<std::string(const std::string& key)> get;  // waits until it is set
};

/// The module's one function. Throws LostPeer or Error; the caller owns what it returns.
using ConnectGloo = Communicator*(const GlooOptions& options);
inline constexpr const char* kConnectGloo = "assay_connect_gloo";

}  // namespace assay
