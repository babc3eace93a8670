// The operations in NCCL's calls.
#include "collectives/nccl/cuda/communicator.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "collectives/nccl/cuda/open.h"

namespace assay {

namespace {

struct NcclType {
  ncclDataType_t type;
  const char* name;
};

/// Throws Error for one that NCCL does not move.
NcclType nccl_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return {ncclFloat32, "ncclFloat32"};
    case Dtype::f16:
      return {ncclFloat16, "ncclFloat16"};
    case Dtype::bf16:
      return {ncclBfloat16, "ncclBfloat16"};
    case Dtype::fp8_e4m3:
      return {ncclFloat8e4m3, "ncclFloat8e4m3"};
    case Dtype::fp8_e5m2:
      return {ncclFloat8e5m2, "ncclFloat8e5m2"};
    case Dtype::int8:
      return {ncclInt8, "ncclInt8"};
    default:
      throw Error(fmt::format("NCCL moves no {}", name(dtype)));
  }
}

ncclDataType_t type_of(Dtype dtype) { return nccl_type(dtype).type; }
const char* type_name(Dtype dtype) { return nccl_type(dtype).name; }

std::string text_of(const ncclUniqueId& id) { return {id.internal, sizeof id.internal}; }

/// What must have happened before the communicator is made.
const nccl::HandleOptions& prepared(const nccl::HandleOptions& options, const NcclGpu& gpu,
                                    const std::shared_ptr<nccl::Watch>& watch) {
  gpu.device->make_current();
  if (watch) watch->begins(text_of(options.id));
  return options;
}

bool is_fp8(Dtype element) { return element == Dtype::fp8_e4m3 || element == Dtype::fp8_e5m2; }

bool sums(Operation operation) {
  return operation == Operation::all_reduce || operation == Operation::reduce_scatter ||
         operation == Operation::reduce;
}

bool are_equal(Communicator::Counts counts) {
  return std::all_of(counts.begin(), counts.end(),
                     [&](std::size_t count) { return count == counts[0]; });
}

const std::byte* at(const void* base, std::size_t elements, Dtype element) {
  return static_cast<const std::byte*>(base) + elements * size_of(element);
}

std::byte* at(void* base, std::size_t elements, Dtype element) {
  return static_cast<std::byte*>(base) + elements * size_of(element);
}

}  // namespace

/// Deregistered and freed with the object.
class NcclCommunicator::RegisteredBuffer final : public Buffer {
 public:
  RegisteredBuffer(NcclCommunicator& communicator, std::size_t bytes)
      : communicator_(communicator), size_bytes_(bytes) {
    const nccl::Functions& nccl = communicator_.nccl();
    communicator_.gpu_.device->make_current();
    communicator_.call("allocating a registered buffer", [&](ncclComm_t) {
      return nccl.mem_alloc(&data_, std::max<std::size_t>(bytes, 1));
    });
    try {
      communicator_.call("registering a buffer", [&](ncclComm_t comm) {
        return nccl.comm_register(comm, data_, size_bytes_, &handle_);
      });
    } catch (...) {
      nccl.mem_free(data_);
      throw;
    }
  }
  ~RegisteredBuffer() override {
    const nccl::Functions& nccl = communicator_.nccl();
    try {  // an aborted communicator has forgotten its registrations
      communicator_.gpu_.device->make_current();
      communicator_.call("deregistering a buffer",
                         [&](ncclComm_t comm) { return nccl.comm_deregister(comm, handle_); });
    } catch (const std::exception&) {
    }
    nccl.mem_free(data_);
  }
  RegisteredBuffer(const RegisteredBuffer&) = delete;
  RegisteredBuffer& operator=(const RegisteredBuffer&) = delete;

  void* data() override { return data_; }
  std::size_t size_bytes() const override { return size_bytes_; }

 private:
  NcclCommunicator& communicator_;
  std::size_t size_bytes_;
  void* data_ = nullptr;
  void* handle_ = nullptr;
};

NcclCommunicator::NcclCommunicator(const nccl::HandleOptions& options, NcclGpu gpu,
                                   std::shared_ptr<nccl::Watch> watch)
    : gpu_(std::move(gpu)), watch_(std::move(watch)), handle_(prepared(options, gpu_, watch_)) {}

std::string NcclCommunicator::id() const { return text_of(handle_.options().id); }

Carrier NcclCommunicator::carrier(Operation operation) const {
  const auto last = last_.find(operation);
  if (!watch_ || last == last_.end()) return {};
  const nccl::ObservedTransport& observed = observed_.at({operation, last->second});
  return {observed.algorithm, observed.protocol, observed.kind,    observed.channels,
          observed.nics,      observed.degraded, observed.warnings};
}

std::string NcclCommunicator::refuses(Operation operation, Dtype element) const {
  if (!is_fp8(element)) return "";
  if (auto why = symbols().lacks(nccl::Feature::fp8)) return *why;
  constexpr int kFirstWithFp8 = 90;
  if (sums(operation) && gpu_.compute_capability < kFirstWithFp8)
    return fmt::format("NCCL sums fp8 from compute capability 9.0 on, this is {}.{}",
                       gpu_.compute_capability / 10, gpu_.compute_capability % 10);
  return "";
}

std::string NcclCommunicator::refuses_in_place(Operation operation) const {
  return operation == Operation::all_to_all ? "NCCL has no all-to-all in place" : "";
}

std::string NcclCommunicator::refuses_algorithm(const std::string& algorithm,
                                                Operation operation) const {
  using Operations = std::set<Operation>;
  static const std::map<std::string, Operations> kCan = {
      {"ring",
       {Operation::all_reduce, Operation::all_gather, Operation::reduce_scatter,
        Operation::broadcast, Operation::reduce}},
      {"tree", {Operation::all_reduce}},
      {"nvls", {Operation::all_reduce, Operation::all_gather, Operation::reduce_scatter}}};
  const auto can = kCan.find(algorithm);
  if (can != kCan.end() && can->second.contains(operation)) return "";
  return "NCCL does not do this by " + algorithm;
}

std::string NcclCommunicator::refuses_registered() const {
  return symbols().lacks(nccl::Feature::registered_buffers).value_or("");
}

void NcclCommunicator::call(const char* attempted,
                            const std::function<ncclResult_t(ncclComm_t)>& make) {
  handle_.call(attempted, make);
}

void NcclCommunicator::perform(Operation operation, const nccl::OperationKey& asked,
                               const std::function<ncclResult_t(ncclComm_t)>& make) {
  last_[operation] = asked;
  const std::pair key(operation, asked);
  if (!watch_ || observed_.contains(key)) return call(asked.function.c_str(), make);
  const nccl::Listening listening;
  call(asked.function.c_str(), make);
  // At once: a communicator of the same ranks that is forced to something else may ask the same.
  observed_[key] = watch_->observed(id(), rank(), asked);
}

std::function<ncclResult_t(ncclComm_t)> NcclCommunicator::grouped(
    std::function<ncclResult_t(ncclComm_t)> make) const {
  return [this, make = std::move(make)](ncclComm_t comm) {
    const ncclResult_t started = nccl().group_start();
    if (started != ncclSuccess) return started;
    const ncclResult_t made = make(comm);
    const ncclResult_t ended = nccl().group_end();  // also after a failure: groups are counted
    return made != ncclSuccess && made != ncclInProgress ? made : ended;
  };
}

void NcclCommunicator::all_reduce(const void* in, void* out, std::size_t count, Dtype element) {
  perform(Operation::all_reduce, {"AllReduce", type_name(element), count}, [&](ncclComm_t comm) {
    return nccl().all_reduce(in, out, count, type_of(element), ncclSum, comm, stream());
  });
}

void NcclCommunicator::all_gather(const void* in, void* out, Counts counts, Dtype element) {
  const ncclDataType_t type = type_of(element);
  const auto even = [&](ncclComm_t comm) {
    return nccl().all_gather(in, out, counts[0], type, comm, stream());
  };
  const auto uneven = [&](ncclComm_t comm) {
    ncclResult_t result = ncclSuccess;
    std::size_t before = 0;
    for (std::size_t root = 0; root < counts.size() && result == ncclSuccess; ++root) {
      std::byte* to = at(out, before, element);
      const void* from = static_cast<int>(root) == rank() ? in : to;
      result =
          nccl().broadcast(from, to, counts[root], type, static_cast<int>(root), comm, stream());
      before += counts[root];
    }
    return result;
  };
  const bool is_even = are_equal(counts);
  perform(Operation::all_gather,
          {is_even ? "AllGather" : "Broadcast", type_name(element), counts[0]},
          is_even ? std::function<ncclResult_t(ncclComm_t)>(even) : grouped(uneven));
}

void NcclCommunicator::reduce_scatter(const void* in, void* out, Counts counts, Dtype element) {
  const ncclDataType_t type = type_of(element);
  const auto even = [&](ncclComm_t comm) {
    return nccl().reduce_scatter(in, out, counts[0], type, ncclSum, comm, stream());
  };
  const auto uneven = [&](ncclComm_t comm) {
    ncclResult_t result = ncclSuccess;
    std::size_t before = 0;
    for (std::size_t root = 0; root < counts.size() && result == ncclSuccess; ++root) {
      void* to = static_cast<int>(root) == rank() ? out : nullptr;
      result = nccl().reduce(at(in, before, element), to, counts[root], type, ncclSum,
                             static_cast<int>(root), comm, stream());
      before += counts[root];
    }
    return result;
  };
  const bool is_even = are_equal(counts);
  perform(Operation::reduce_scatter,
          {is_even ? "ReduceScatter" : "Reduce", type_name(element), counts[0]},
          is_even ? std::function<ncclResult_t(ncclComm_t)>(even) : grouped(uneven));
}

void NcclCommunicator::all_to_all(const void* in, Counts sent, void* out, Counts received,
                                  Dtype element) {
  if (in == out && size() > 1) throw Error(refuses_in_place(Operation::all_to_all));
  const ncclDataType_t type = type_of(element);
  const auto native = [&](ncclComm_t comm) {
    return nccl().all_to_all(in, out, sent[0], type, comm, stream());
  };
  const auto by_pairs = [&](ncclComm_t comm) {
    ncclResult_t result = ncclSuccess;
    std::size_t sent_before = 0, received_before = 0;
    for (std::size_t peer = 0; peer < sent.size() && result == ncclSuccess; ++peer) {
      const int other = static_cast<int>(peer);
      result = nccl().send(at(in, sent_before, element), sent[peer], type, other, comm, stream());
      if (result != ncclSuccess) break;
      result = nccl().recv(at(out, received_before, element), received[peer], type, other, comm,
                           stream());
      sent_before += sent[peer];
      received_before += received[peer];
    }
    return result;
  };
  const bool is_native = nccl().all_to_all && are_equal(sent) && are_equal(received);
  perform(Operation::all_to_all, {is_native ? "AlltoAll" : "Send", type_name(element), sent[0]},
          is_native ? std::function<ncclResult_t(ncclComm_t)>(native) : grouped(by_pairs));
}

void NcclCommunicator::broadcast(const void* in, void* out, std::size_t count, Dtype element,
                                 int root) {
  perform(Operation::broadcast, {"Broadcast", type_name(element), count}, [&](ncclComm_t comm) {
    return nccl().broadcast(rank() == root ? in : out, out, count, type_of(element), root, comm,
                            stream());
  });
}

void NcclCommunicator::reduce(const void* in, void* out, std::size_t count, Dtype element,
                              int root) {
  perform(Operation::reduce, {"Reduce", type_name(element), count}, [&](ncclComm_t comm) {
    return nccl().reduce(in, out, count, type_of(element), ncclSum, root, comm, stream());
  });
}

void NcclCommunicator::send_receive(const void* in, std::size_t sent, int to, void* out,
                                    std::size_t received, int from, Dtype element) {
  const auto both = [&](ncclComm_t comm) {
    ncclResult_t result = ncclSuccess;
    if (to >= 0) result = nccl().send(in, sent, type_of(element), to, comm, stream());
    if (from >= 0 && result == ncclSuccess)
      result = nccl().recv(out, received, type_of(element), from, comm, stream());
    return result;
  };
  perform(Operation::send_recv,
          {to >= 0 ? "Send" : "Recv", type_name(element), to >= 0 ? sent : received},
          grouped(both));
}

void NcclCommunicator::barrier() {
  std::byte* word = scratch(size_of(Dtype::f32));
  call("a barrier", [&](ncclComm_t comm) {
    return nccl().all_reduce(word, word, 1, ncclFloat32, ncclSum, comm, stream());
  });
}

void NcclCommunicator::wait() {
  gpu_.device->make_current();
  handle_.wait("waiting for the GPU", gpu_.is_idle);
}

std::byte* NcclCommunicator::scratch(std::size_t bytes) {
  if (!scratch_ || scratch_->size_bytes() < bytes) {
    if (scratch_) wait();  // something queued may still use it
    scratch_ = gpu_.device->allocate(std::max<std::size_t>(bytes, 4096));
    gpu_.device->fill(*scratch_, 0);
  }
  return static_cast<std::byte*>(scratch_->data());
}

void NcclCommunicator::broadcast_host(std::span<std::byte> bytes) {
  std::byte* words = scratch(bytes.size());
  wait();  // copies do not mind the deadline: nothing may be queued before them
  gpu_.device->copy_in(*scratch_, bytes.data(), bytes.size());
  call("telling words", [&](ncclComm_t comm) {
    return nccl().broadcast(words, words, bytes.size(), ncclInt8, 0, comm, stream());
  });
  wait();
  gpu_.device->copy_out(bytes.data(), *scratch_, bytes.size());
}

void NcclCommunicator::all_gather_host(std::span<const std::byte> mine, std::span<std::byte> all) {
  std::vector<std::byte> placed(all.size());
  const std::size_t begin = mine.size() * static_cast<std::size_t>(rank());
  std::copy(mine.begin(), mine.end(), placed.begin() + static_cast<std::ptrdiff_t>(begin));
  std::byte* words = scratch(all.size());
  wait();
  gpu_.device->copy_in(*scratch_, placed.data(), placed.size());
  call("collecting words", [&](ncclComm_t comm) {
    return nccl().all_gather(words + begin, words, mine.size(), ncclInt8, comm, stream());
  });
  wait();
  gpu_.device->copy_out(all.data(), *scratch_, all.size());
}

void NcclCommunicator::swap_words(std::span<const std::byte> out, int to, std::span<std::byte> in,
                                  int from) {
  std::byte* words = scratch(out.size() + in.size());
  wait();
  if (!out.empty()) gpu_.device->copy_in(*scratch_, out.data(), out.size());
  call("swapping words", grouped([&](ncclComm_t comm) {
         return to >= 0 ? nccl().send(words, out.size(), ncclInt8, to, comm, stream())
                        : nccl().recv(words, in.size(), ncclInt8, from, comm, stream());
       }));
  wait();
  if (!in.empty()) gpu_.device->copy_out(in.data(), *scratch_, in.size());
}

std::unique_ptr<Communicator> NcclCommunicator::subgroup(std::span<const int> members,
                                                         const std::string& name) {
  const auto self = std::find(members.begin(), members.end(), rank());
  if (self == members.end())
    throw Error(fmt::format("rank {} is not of the group {} that it makes", rank(), name));
  // Only members call, so NCCL's own split, which every rank must call, is no way to do it.
  nccl::HandleOptions options = handle_.options();
  options.rank = static_cast<int>(self - members.begin());
  options.size = static_cast<int>(members.size());
  const auto id = std::as_writable_bytes(std::span(options.id.internal));
  if (options.rank == 0) {
    call("making an id", [&](ncclComm_t) { return nccl().get_unique_id(&options.id); });
    for (const int member : members.subspan(1)) swap_words(id, member, {}, -1);
  } else {
    swap_words({}, -1, id, members[0]);
  }
  return std::make_unique<NcclCommunicator>(options, gpu_, watch_);
}

std::unique_ptr<Buffer> NcclCommunicator::allocate_registered(std::size_t bytes) {
  if (const std::string refusal = refuses_registered(); !refusal.empty()) throw Error(refusal);
  return std::make_unique<RegisteredBuffer>(*this, bytes);
}

}  // namespace assay
