// Moves data between ranks: one interface, implemented by Gloo on the host and NCCL on GPUs.
//
// Every rank of a communicator calls the same operations in the same order with matching sizes. On
// the host a call returns when this rank's part is done. On a GPU it is enqueued on the stream that
// the communicator was made with, and wait() waits for it. A call that exceeds the deadline throws
// LostPeer, and so does every later call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/dtype.h"
#include "harness/core/error.h"
#include "harness/measure/device.h"

namespace assay {

/// A peer closed its connection or kept silent past the deadline. The rendezvous knows which one
/// (Client::roll_call): a rank that ends early also breaks its neighbours' connections.
class LostPeer : public Error {
 public:
  explicit LostPeer(const std::string& message) : Error(message) {}
};

/// The calls that collectives are measured with. Barriers and agreement between ranks are not among
/// them.
enum class Operation : std::uint8_t {
  all_reduce,
  all_gather,
  reduce_scatter,
  all_to_all,
  broadcast,
  reduce,
  send_recv
};

/// The transport of an operation's last call, for the measurement's `transport`. Empty: not known.
struct Carrier {
  std::string algorithm;  // `ring`; `p2p_ring` if built by us on point-to-point calls
  std::string protocol;
  std::string kind;  // tcp | ib | nvlink | pcie | shm | unknown
  int channels = 0;  // 0: does not apply
  std::vector<std::string> nics;
  std::string degraded;               // the library's words where its search for paths fell back
  std::vector<std::string> warnings;  // the library's own, and why `kind` is unknown
};

class Communicator {
 public:
  using Counts = std::span<const std::size_t>;  // elements, by rank

  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// The implementation's name in case ids: `gloo`, `nccl`.
  virtual std::string name() const = 0;
  virtual Carrier carrier(Operation operation) const = 0;
  /// Why this build or library cannot do `operation` on `element`, or an empty text.
  virtual std::string refuses(Operation operation, Dtype element) const = 0;
  /// Why the library cannot do `operation` in place, or an empty text.
  virtual std::string refuses_in_place(Operation) const { return ""; }

  /// Why `operation` cannot be forced to `algorithm` (variants.h), or an empty text. A forced
  /// algorithm has its own communicator, made while the library's choice is overridden.
  virtual std::string refuses_algorithm(const std::string& algorithm, Operation) const {
    return name() + " cannot be forced to " + algorithm;
  }
  /// Why the library cannot register buffers, or an empty text.
  virtual std::string refuses_registered() const { return name() + " has no registered buffers"; }
  /// Memory of this rank's device that is registered with the library for the buffer's lifetime.
  /// The communicator must outlive the buffer. Throws Error if the library refuses it.
  virtual std::unique_ptr<Buffer> allocate_registered(std::size_t) {
    throw Error(refuses_registered());
  }

  /// Sums over ranks. In place: `out == in`.
  virtual void all_reduce(const void* in, void* out, std::size_t count, Dtype element) = 0;
  /// `out` holds every rank's part in rank order, rank r's of counts[r]. In place: `in` is this
  /// rank's part of `out`.
  virtual void all_gather(const void* in, void* out, Counts counts, Dtype element) = 0;
  /// `in` holds a part for every rank; `out` gets the sum of this rank's parts. In place: `out` is
  /// this rank's part of `in`; the other parts are then undefined.
  virtual void reduce_scatter(const void* in, void* out, Counts counts, Dtype element) = 0;
  /// `in` holds sent[r] elements for rank r, `out` gets received[r] from rank r, both in rank
  /// order. In place (`out == in`): only where sent and received are equal everywhere.
  virtual void all_to_all(const void* in, Counts sent, void* out, Counts received,
                          Dtype element) = 0;
  /// `in` is read on the root only. In place: `out == in`.
  virtual void broadcast(const void* in, void* out, std::size_t count, Dtype element, int root) = 0;
  /// The sum is in `out` on the root; elsewhere `out` is scratch. In place: `out == in`.
  virtual void reduce(const void* in, void* out, std::size_t count, Dtype element, int root) = 0;
  /// Sends to one rank while it receives from another: a ring when every rank names its
  /// neighbours, a pair when both are the same rank. A rank of -1 sends or receives nothing.
  virtual void send_receive(const void* in, std::size_t sent, int to, void* out,
                            std::size_t received, int from, Dtype element) = 0;
  /// No rank returns before every rank has called it. On a GPU it is enqueued like the other
  /// operations.
  virtual void barrier() = 0;

  /// Waits until all enqueued operations have ended, within the deadline. Does nothing on the host.
  virtual void wait() {}

  /// Broadcasts rank 0's bytes to every rank. Operates on host memory and is complete on return,
  /// also on GPUs: through this and all_gather_host() ranks agree on counts and exchange their
  /// times.
  virtual void broadcast_host(std::span<std::byte> bytes) = 0;
  /// Gathers every rank's `mine` into `all` in rank order. `all` is size() times as large.
  virtual void all_gather_host(std::span<const std::byte> mine, std::span<std::byte> all) = 0;

  /// Makes a communicator of `members` (ranks of this one, ascending), numbered in that order. Only
  /// members call it. `name` distinguishes groups that are made one after another.
  virtual std::unique_ptr<Communicator> subgroup(std::span<const int> members,
                                                 const std::string& name) = 0;

  /// Ends this rank's operations at once, which also ends those of its peers. May be called from
  /// any thread.
  virtual void abort() noexcept = 0;
  virtual bool is_broken() const = 0;

  virtual double deadline_s() const = 0;
};

}  // namespace assay
