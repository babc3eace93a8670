// The NCCL communicator: one rank, one GPU, one stream.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "collectives/nccl/cuda/handle.h"
#include "collectives/nccl/watch.h"
#include "harness/measure/device.h"

namespace assay {

/// What the communicator needs of its GPU besides memory. Tests use stubs instead of CUDA.
struct NcclGpu {
  Device* device = nullptr;
  std::function<bool()> is_idle;  // whether the stream has nothing left to do
  int compute_capability = 0;     // 90 for 9.0
};

class NcclCommunicator final : public Communicator {
 public:
  /// `watch` may be null: carriers are then empty. It observes only the first call of each
  /// operation, type and count, so that timed calls are not observed.
  NcclCommunicator(const nccl::HandleOptions& options, NcclGpu gpu,
                   std::shared_ptr<nccl::Watch> watch);

  int rank() const override { return handle_.options().rank; }
  int size() const override { return handle_.options().size; }
  std::string name() const override { return "nccl"; }
  Carrier carrier(Operation operation) const override;
  std::string refuses(Operation operation, Dtype element) const override;
  std::string refuses_in_place(Operation operation) const override;
  std::string refuses_algorithm(const std::string& algorithm, Operation operation) const override;
  std::string refuses_registered() const override;
  /// Memory from NCCL's own allocator, which NVLS and the NICs read and write without a copy.
  std::unique_ptr<Buffer> allocate_registered(std::size_t bytes) override;

  void all_reduce(const void* in, void* out, std::size_t count, Dtype element) override;
  void all_gather(const void* in, void* out, Counts counts, Dtype element) override;
  void reduce_scatter(const void* in, void* out, Counts counts, Dtype element) override;
  /// NCCL has no all-to-all in place: `out == in` throws Error.
  void all_to_all(const void* in, Counts sent, void* out, Counts received, Dtype element) override;
  void broadcast(const void* in, void* out, std::size_t count, Dtype element, int root) override;
  void reduce(const void* in, void* out, std::size_t count, Dtype element, int root) override;
  void send_receive(const void* in, std::size_t sent, int to, void* out, std::size_t received,
                    int from, Dtype element) override;
  void barrier() override;
  void wait() override;

  void broadcast_host(std::span<std::byte> bytes) override;
  void all_gather_host(std::span<const std::byte> mine, std::span<std::byte> all) override;

  std::unique_ptr<Communicator> subgroup(std::span<const int> members,
                                         const std::string& name) override;
  void abort() noexcept override { handle_.abort(); }
  bool is_broken() const override { return handle_.is_broken(); }
  double deadline_s() const override { return handle_.options().deadline_s; }

  const nccl::Symbols& symbols() const { return handle_.symbols(); }

 private:
  class RegisteredBuffer;

  const nccl::Functions& nccl() const { return handle_.symbols().call(); }
  cudaStream_t stream() const { return static_cast<cudaStream_t>(gpu_.device->stream()); }
  void call(const char* attempted, const std::function<ncclResult_t(ncclComm_t)>& make);
  /// Runs one measured operation; `asked` describes it in NCCL's terms.
  void perform(Operation operation, const nccl::OperationKey& asked,
               const std::function<ncclResult_t(ncclComm_t)>& make);
  /// Several calls in one NCCL group.
  std::function<ncclResult_t(ncclComm_t)> grouped(
      std::function<ncclResult_t(ncclComm_t)> make) const;
  std::string id() const;
  std::byte* scratch(std::size_t bytes);
  void swap_words(std::span<const std::byte> out, int to, std::span<std::byte> in, int from);

  NcclGpu gpu_;
  std::shared_ptr<nccl::Watch> watch_;
  nccl::Handle handle_;
  std::map<Operation, nccl::OperationKey> last_;
  std::map<std::pair<Operation, nccl::OperationKey>, nccl::ObservedTransport> observed_;
  std::unique_ptr<Buffer> scratch_;  // for data from and to the host
};

}  // namespace assay
