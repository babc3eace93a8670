// The Gloo communicator: one context, one TCP connection to every other rank.
#pragma once

#include <gloo/context.h>
#include <gloo/transport/device.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "collectives/gloo/entry.h"
#include "collectives/gloo/point_to_point.h"

namespace assay {

class GlooCommunicator final : public Communicator {
 public:
  GlooCommunicator(GlooOptions options, std::shared_ptr<gloo::transport::Device> device);
  ~GlooCommunicator() override;

  int rank() const override { return context_->rank; }
  int size() const override { return context_->size; }
  std::string name() const override { return "gloo"; }
  Carrier carrier(Operation operation) const override;
  std::string refuses(Operation operation, Dtype element) const override;

  void all_reduce(const void* in, void* out, std::size_t count, Dtype element) override;
  void all_gather(const void* in, void* out, Counts counts, Dtype element) override;
  void reduce_scatter(const void* in, void* out, Counts counts, Dtype element) override;
  void all_to_all(const void* in, Counts sent, void* out, Counts received, Dtype element) override;
  void broadcast(const void* in, void* out, std::size_t count, Dtype element, int root) override;
  void reduce(const void* in, void* out, std::size_t count, Dtype element, int root) override;
  void send_receive(const void* in, std::size_t sent, int to, void* out, std::size_t received,
                    int from, Dtype element) override;
  void barrier() override;

  void broadcast_host(std::span<std::byte> bytes) override;
  void all_gather_host(std::span<const std::byte> mine, std::span<std::byte> all) override;

  std::unique_ptr<Communicator> subgroup(std::span<const int> members,
                                         const std::string& name) override;
  void abort() noexcept override;
  bool is_broken() const override { return broken_; }
  double deadline_s() const override { return options_.deadline_s; }

  /// For the test that times Gloo's own calls on the same connections.
  const std::shared_ptr<gloo::Context>& context() const { return context_; }

 private:
  /// Runs one operation. Any exception breaks this communicator and is rethrown as LostPeer.
  template <class Step>
  void guarded(const char* what, const Step& step);

  GlooOptions options_;
  std::shared_ptr<gloo::transport::Device> device_;
  std::shared_ptr<gloo::Context> context_;
  PointToPoint pairs_;
  std::atomic<bool> broken_{false};
};

std::unique_ptr<GlooCommunicator> connect_gloo(const GlooOptions& options);

}  // namespace assay
