// Messages between the two processes of a run: JSON, each behind its length, over a socket pair.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "harness/core/result.h"

namespace assay::run {

class Channel {
 public:
  /// Both ends of a new one. Throws Error where the system gives none.
  static std::pair<Channel, Channel> pair();
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  int descriptor() const { return descriptor_; }
  /// The longest silence of the other end that is waited for; by default there is no limit.
  void set_patience(double seconds) { patience_s_ = seconds; }
  /// False when the other end is gone. Throws Error when it takes nothing in for too long.
  [[nodiscard]] bool send(const Json& message);
  /// Waits for a message. Throws Error when the other end is gone, or silent for too long.
  Json receive();

  /// Takes in what has arrived, without waiting; false when the other end is gone.
  bool take_in();
  /// The next message that has arrived whole.
  std::optional<Json> next();

 private:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  void wait_for(short event) const;

  int descriptor_ = -1;
  double patience_s_ = std::numeric_limits<double>::infinity();
  std::string arrived_;
};

}  // namespace assay::run
