// Communicator on Gloo's collectives; every failure ends the connections, so that peers notice it.
#include "collectives/gloo/communicator.h"

#include <gloo/allgatherv.h>
#include <gloo/allreduce.h>
#include <gloo/alltoallv.h>
#include <gloo/barrier.h>
#include <gloo/broadcast.h>
#include <gloo/reduce.h>
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/store.h>
#include <gloo/transport/tcp/device.h>

#include <chrono>
#include <cstring>

namespace assay {

namespace {

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// Gloo's store over the rendezvous.
class RendezvousStore final : public gloo::rendezvous::Store {
 public:
  explicit RendezvousStore(const GlooOptions& options) : options_(options) {}

  void set(const std::string& key, const std::vector<char>& data) override {
    options_.set(options_.prefix + key, std::string(data.begin(), data.end()));
  }
  std::vector<char> get(const std::string& key) override {
    const std::string value = options_.get(options_.prefix + key);
    return {value.begin(), value.end()};
  }
  void wait(const std::vector<std::string>& keys) override {
    for (const std::string& key : keys) get(key);
  }
  void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds&) override {
    wait(keys);
  }

 private:
  const GlooOptions& options_;
};

/// Gloo's messages begin with the place in its source.
std::string without_place(const std::string& message) {
  const std::size_t end = message.find("] ");
  return message.starts_with("[") && end != message.npos ? message.substr(end + 2) : message;
}

LostPeer lost_peer(int rank, const char* what, const std::string& why) {
  return LostPeer("rank " + std::to_string(rank) + " lost its peers in " + what + ": " +
                  without_place(why));
}

std::shared_ptr<gloo::Context> connected(const GlooOptions& options,
                                         std::shared_ptr<gloo::transport::Device>& device) {
  try {
    auto context = std::make_shared<gloo::rendezvous::Context>(options.rank, options.size);
    context->setTimeout(milliseconds_of(options.deadline_s));
    RendezvousStore store(options);
    context->connectFullMesh(store, device);
    return context;
  } catch (const Error&) {
    throw;  // the rendezvous': it names who is missing
  } catch (const std::exception& error) {
    throw lost_peer(options.rank, "connecting", error.what());
  }
}

std::shared_ptr<gloo::transport::Device> device_at(const std::string& address) {
  try {
    gloo::transport::tcp::attr attributes(address.c_str());
    return gloo::transport::tcp::CreateDevice(attributes);
  } catch (const std::exception& error) {
    throw Error("Gloo cannot use the address " + address +
                " of this host: " + without_place(error.what()));
  }
}

/// Gloo takes an element's size from its type. Without an input the output is both.
template <class T, class Options>
void set_typed(Options& options, const void* in, void* out, std::size_t count) {
  if (in != out) options.setInput(static_cast<T*>(const_cast<void*>(in)), count);
  options.setOutput(static_cast<T*>(out), count);
}

template <class Options>
void set_elements(Options& options, const void* in, void* out, std::size_t count, Dtype element) {
  switch (size_of(element)) {
    case 4:
      return set_typed<std::uint32_t>(options, in, out, count);
    case 2:
      return set_typed<std::uint16_t>(options, in, out, count);
    default:
      return set_typed<std::uint8_t>(options, in, out, count);
  }
}

}  // namespace

std::unique_ptr<GlooCommunicator> connect_gloo(const GlooOptions& options) {
  return std::make_unique<GlooCommunicator>(options, device_at(options.address));
}

GlooCommunicator::GlooCommunicator(GlooOptions options,
                                   std::shared_ptr<gloo::transport::Device> device)
    : options_(std::move(options)),
      device_(std::move(device)),
      context_(connected(options_, device_)),
      pairs_(context_) {}

GlooCommunicator::~GlooCommunicator() = default;

Carrier GlooCommunicator::carrier(Operation operation) const {
  Carrier carrier{"", "", "tcp", 0, {options_.address}, "", {}};
  switch (operation) {
    case Operation::all_reduce:
    case Operation::all_gather:
    case Operation::reduce:
      carrier.algorithm = "ring";
      break;
    case Operation::reduce_scatter:
      carrier.algorithm = "p2p_ring";
      break;
    case Operation::all_to_all:
      carrier.algorithm = "pairwise";
      break;
    case Operation::broadcast:
      carrier.algorithm = "tree";
      break;
    case Operation::send_recv:
      carrier.algorithm = "p2p";
      break;
  }
  return carrier;
}

std::string GlooCommunicator::refuses(Operation operation, Dtype element) const {
  const bool adds = operation == Operation::all_reduce || operation == Operation::reduce ||
                    operation == Operation::reduce_scatter;
  return adds && adder(element) == nullptr ? "Gloo sums f32, bf16 and int8 here and nothing else"
                                           : "";
}

template <class Step>
void GlooCommunicator::guarded(const char* what, const Step& step) {
  if (broken_) throw lost_peer(rank(), what, "the connections were ended before");
  try {
    step();
  } catch (const std::exception& error) {
    abort();
    throw lost_peer(rank(), what, error.what());
  }
}

void GlooCommunicator::all_reduce(const void* in, void* out, std::size_t count, Dtype element) {
  guarded("all_reduce", [&] {
    gloo::AllreduceOptions options(context_);
    options.setReduceFunction(adder(element));
    set_elements(options, in, out, count, element);
    gloo::allreduce(options);
  });
}

void GlooCommunicator::all_gather(const void* in, void* out, Counts counts, Dtype element) {
  guarded("all_gather", [&] {
    std::vector<std::size_t> bytes;
    std::size_t before = 0;
    for (std::size_t r = 0; r < counts.size(); ++r) {
      if (static_cast<int>(r) < rank()) before += counts[r] * size_of(element);
      bytes.push_back(counts[r] * size_of(element));
    }
    const std::size_t mine = bytes[static_cast<std::size_t>(rank())];
    gloo::AllgathervOptions options(context_);
    if (in != static_cast<char*>(out) + before)
      options.setInput(static_cast<char*>(const_cast<void*>(in)), mine);
    options.setOutput(static_cast<char*>(out), std::move(bytes));
    gloo::allgatherv(options);
  });
}

void GlooCommunicator::reduce_scatter(const void* in, void* out, Counts counts, Dtype element) {
  guarded("reduce_scatter",
          [&] { pairs_.ring_reduce_scatter(in, out, counts, size_of(element), adder(element)); });
}

void GlooCommunicator::all_to_all(const void* in, Counts sent, void* out, Counts received,
                                  Dtype element) {
  guarded("all_to_all", [&] {
    if (in == out) {
      pairs_.swap_all_to_all(out, sent[0] * size_of(element));
      return;
    }
    std::vector<std::int64_t> outgoing, incoming;
    for (const std::size_t count : sent)
      outgoing.push_back(static_cast<std::int64_t>(count * size_of(element)));
    for (const std::size_t count : received)
      incoming.push_back(static_cast<std::int64_t>(count * size_of(element)));
    gloo::AlltoallvOptions options(context_);
    options.setInput(static_cast<char*>(const_cast<void*>(in)), std::move(outgoing));
    options.setOutput(static_cast<char*>(out), std::move(incoming));
    gloo::alltoallv(options);
  });
}

void GlooCommunicator::broadcast(const void* in, void* out, std::size_t count, Dtype element,
                                 int root) {
  guarded("broadcast", [&] {
    const std::size_t bytes = count * size_of(element);
    if (bytes == 0) return;
    gloo::BroadcastOptions options(context_);
    if (rank() == root && in != out)
      options.setInput(static_cast<char*>(const_cast<void*>(in)), bytes);
    options.setOutput(static_cast<char*>(out), bytes);
    options.setRoot(root);
    gloo::broadcast(options);
  });
}

void GlooCommunicator::reduce(const void* in, void* out, std::size_t count, Dtype element,
                              int root) {
  guarded("reduce", [&] {
    gloo::ReduceOptions options(context_);
    options.setReduceFunction(adder(element));
    options.setRoot(root);
    set_elements(options, in, out, count, element);
    gloo::reduce(options);
  });
}

void GlooCommunicator::send_receive(const void* in, std::size_t sent, int to, void* out,
                                    std::size_t received, int from, Dtype element) {
  guarded("send_receive", [&] {
    const std::size_t width = size_of(element);
    pairs_.send_receive(in, sent * width, to, out, received * width, from);
  });
}

void GlooCommunicator::barrier() {
  guarded("barrier", [&] {
    gloo::BarrierOptions options(context_);
    gloo::barrier(options);
  });
}

void GlooCommunicator::broadcast_host(std::span<std::byte> bytes) {
  broadcast(bytes.data(), bytes.data(), bytes.size(), Dtype::int8, 0);
}

void GlooCommunicator::all_gather_host(std::span<const std::byte> mine, std::span<std::byte> all) {
  const std::vector<std::size_t> counts(static_cast<std::size_t>(size()), mine.size());
  all_gather(mine.data(), all.data(), counts, Dtype::int8);
}

std::unique_ptr<Communicator> GlooCommunicator::subgroup(std::span<const int> members,
                                                         const std::string& name) {
  GlooOptions options = options_;
  options.size = static_cast<int>(members.size());
  options.prefix += name + "/";
  options.rank = -1;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (members[i] == rank()) options.rank = static_cast<int>(i);
  if (options.rank < 0)
    throw Error("rank " + std::to_string(rank()) + " asked for the group " + name +
                " and is no member of it");
  return std::make_unique<GlooCommunicator>(std::move(options), device_);
}

void GlooCommunicator::abort() noexcept {
  if (broken_.exchange(true)) return;
  try {
    context_->closeConnections();
  } catch (const std::exception&) {  // already closed is what was wanted
  }
}

}  // namespace assay
