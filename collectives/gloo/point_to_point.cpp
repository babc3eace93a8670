// Rings and swaps on Gloo's unbound buffers.
#include "collectives/gloo/point_to_point.h"

#include <gloo/transport/unbound_buffer.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace assay {

namespace {

// Gloo's own collectives have the prefixes 1 to 8 in a slot's top byte.
constexpr std::uint64_t kSlot = std::uint64_t{0x41} << 56;

}  // namespace

std::byte* PointToPoint::staging(std::size_t bytes) {
  if (staging_.size() < bytes) staging_.resize(bytes);
  return staging_.data();
}

void PointToPoint::send_receive(const void* in, std::size_t sent_bytes, int to, void* out,
                                std::size_t received_bytes, int from) {
  const bool sends = to >= 0 && sent_bytes > 0, receives = from >= 0 && received_bytes > 0;
  if (sends && receives && to == context_->rank && from == context_->rank) {
    std::memmove(out, in, std::min(sent_bytes, received_bytes));
    return;
  }
  std::unique_ptr<gloo::transport::UnboundBuffer> outgoing, incoming;
  if (receives) {
    incoming = context_->createUnboundBuffer(out, received_bytes);
    incoming->recv(from, kSlot);
  }
  if (sends) {
    outgoing = context_->createUnboundBuffer(const_cast<void*>(in), sent_bytes);
    outgoing->send(to, kSlot);
  }
  if (sends) outgoing->waitSend();
  if (receives) incoming->waitRecv();
}

void PointToPoint::ring_reduce_scatter(const void* in, void* out, Counts counts,
                                       std::size_t element_bytes, Add add) {
  const int size = context_->size, rank = context_->rank;
  std::vector<std::size_t> begin(counts.size() + 1, 0);
  std::partial_sum(counts.begin(), counts.end(), begin.begin() + 1);
  const auto* mine = static_cast<const std::byte*>(in);
  const auto part = [&](int index) { return static_cast<std::size_t>((index + size) % size); };
  const auto bytes = [&](std::size_t p) { return counts[p] * element_bytes; };
  const auto at = [&](std::size_t p) { return mine + begin[p] * element_bytes; };
  const auto own = static_cast<std::size_t>(rank);
  if (size == 1) {
    if (out != in) std::memcpy(out, in, bytes(own));
    return;
  }
  const std::size_t largest = *std::max_element(counts.begin(), counts.end()) * element_bytes;
  std::byte* held = staging(2 * largest);
  std::byte* arriving = held + largest;
  const int to = (rank + 1) % size, from = (rank + size - 1) % size;
  // In step s a rank passes on part rank - s - 1, and has part rank - s - 2 after it.
  for (int step = 0; step + 1 < size; ++step) {
    const std::size_t sent = part(rank - step - 1), got = part(rank - step - 2 + size);
    send_receive(step == 0 ? at(sent) : held, bytes(sent), to, arriving, bytes(got), from);
    const bool last = step + 2 == size;
    add(last ? out : arriving, arriving, at(got), counts[got]);
    std::swap(held, arriving);
  }
}

void PointToPoint::swap_all_to_all(void* inout, std::size_t part_bytes) {
  const int size = context_->size, rank = context_->rank;
  auto* parts = static_cast<std::byte*>(inout);
  std::byte* arrived = staging(part_bytes);
  // In round r a rank's partner is r - rank: every rank's partner names it back.
  for (int round = 0; round < size; ++round) {
    const int partner = (round - rank + size) % size;
    if (partner == rank) continue;
    std::byte* part = parts + static_cast<std::size_t>(partner) * part_bytes;
    send_receive(part, part_bytes, partner, arrived, part_bytes, partner);
    std::memcpy(part, arrived, part_bytes);
  }
}

}  // namespace assay
