// What Debian 12's Gloo lacks, built on its point-to-point buffers: sends, receives, no collective.
#pragma once

#include <gloo/context.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "collectives/gloo/add.h"

namespace assay {

class PointToPoint {
 public:
  using Counts = std::span<const std::size_t>;

  explicit PointToPoint(std::shared_ptr<gloo::Context> context) : context_(std::move(context)) {}

  /// One send and one receive, which overlap. A rank of -1: nothing is sent or received.
  void send_receive(const void* in, std::size_t sent_bytes, int to, void* out,
                    std::size_t received_bytes, int from);
  /// Each part travels once round the ring, and every rank adds its own: n - 1 steps.
  void ring_reduce_scatter(const void* in, void* out, Counts counts, std::size_t element_bytes,
                           Add add);
  /// Exchanges equal parts with one partner after another, through one part's staging.
  void swap_all_to_all(void* inout, std::size_t part_bytes);

 private:
  std::byte* staging(std::size_t bytes);

  std::shared_ptr<gloo::Context> context_;
  std::vector<std::byte> staging_;  // grows to the largest request, before timing
};

}  // namespace assay
