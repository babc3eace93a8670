// Makes the arrays piece by piece, and checks the answer against inputs made a second time.
#include "kernels/memory/arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/inputs.h"
#include "kernels/thread_pool.h"
#include "kernels/verify.h"

namespace assay {
namespace {

constexpr std::int64_t kPieceElements = std::int64_t{1} << 20;
constexpr std::uint32_t kB = 0, kC = 1;

std::size_t bytes_of(std::int64_t elements) { return static_cast<std::size_t>(elements) * 4; }

}  // namespace

MemoryArrays::MemoryArrays(Device& device, MemoryOperation operation, std::int64_t bytes,
                           std::uint64_t seed)
    : device_(device), operation_(operation), elements_(bytes / 4), seed_(seed) {
  const std::size_t wanted = rotation_sets(device, need(device, operation, bytes));
  // Rotation is about addresses: every set holds the same values, which take longer to make than
  // to copy.
  const auto place = [&](std::unique_ptr<Buffer> Set::*array, std::uint32_t operand, Set& set) {
    set.*array = device.allocate(bytes_of(elements_));
    if (sets_.empty()) {
      fill(*(set.*array), operand);
    } else {
      copy(*(set.*array), *(sets_[0].*array));
    }
  };
  for (std::size_t i = 0; i < wanted; ++i) {
    Set set;
    if (arrays_read(operation) > 0) place(&Set::b, kB, set);
    if (arrays_read(operation) > 1) place(&Set::c, kC, set);
    set.out = std::make_unique<GuardedOutput>(
        device, arrays_written(operation) > 0 ? bytes_of(elements_) : bytes_of(kMaxPartials));
    sets_.push_back(std::move(set));
  }
}

std::shared_ptr<MemoryArrays> MemoryArrays::of(GroupContext& context, MemoryOperation operation) {
  return context.operands<MemoryArrays>([&] {
    return std::make_shared<MemoryArrays>(context.device(), operation, context.shape().at("bytes"),
                                          context.seed());
  });
}

MemoryNeed MemoryArrays::need(const Device& device, MemoryOperation operation, std::int64_t bytes) {
  constexpr double kPieces = 2 * 4.0 * kPieceElements;  // of inputs made a second time
  const auto array = static_cast<double>(bytes);
  // The answer as a whole; a GPU's inputs come from as much, before there is an answer.
  const bool is_staged = device.backend() != Backend::host;
  return {.set = array * (arrays_read(operation) + arrays_written(operation)),
          .beside_sets = 0,
          .host = kPieces + (arrays_written(operation) > 0 || is_staged ? array : 0)};
}

MemoryPointers MemoryArrays::set(std::size_t index) {
  Set& one = sets_[index];
  const auto data = [](const std::unique_ptr<Buffer>& buffer) {
    return buffer ? static_cast<const float*>(buffer->data()) : nullptr;
  };
  return {one.out->data(), data(one.b), data(one.c), elements_};
}

Work MemoryArrays::work() const {
  const auto bytes = static_cast<double>(bytes_of(elements_));
  return {operation_ == MemoryOperation::triad ? 2 * static_cast<double>(elements_) : 0,
          bytes * (arrays_read(operation_) + arrays_written(operation_))};
}

void MemoryArrays::normal(std::span<float> out, std::uint32_t operand, std::int64_t first) {
  ThreadPool& threads = host_threads(device_);
  threads.run([&](int thread) {
    const Part part = part_of(static_cast<std::int64_t>(out.size()), thread, threads.size(), 4);
    fill_normal(out.subspan(static_cast<std::size_t>(part.first),
                            static_cast<std::size_t>(part.last - part.first)),
                {seed_, operand, 0}, static_cast<std::uint64_t>(first + part.first));
  });
}

void MemoryArrays::fill(Buffer& buffer, std::uint32_t operand) {
  if (device_.backend() == Backend::host) {
    // In one piece and in place: each thread is first to touch the part that it will stream.
    normal({static_cast<float*>(buffer.data()), static_cast<std::size_t>(elements_)}, operand, 0);
    return;
  }
  std::vector<float> values(static_cast<std::size_t>(elements_));
  normal(values, operand, 0);
  device_.copy_in(buffer, values.data(), bytes_of(elements_));
}

void MemoryArrays::copy(Buffer& to, Buffer& from) {
  if (device_.backend() == Backend::host) {
    ThreadPool& threads = host_threads(device_);  // first to touch their parts, as in fill
    threads.run([&](int thread) {
      const Part part = part_of(elements_, thread, threads.size(), 4);
      std::copy(static_cast<const float*>(from.data()) + part.first,
                static_cast<const float*>(from.data()) + part.last,
                static_cast<float*>(to.data()) + part.first);
    });
    return;
  }
  std::vector<std::byte> bytes(bytes_of(elements_));
  device_.copy_out(bytes.data(), from, bytes.size());
  device_.copy_in(to, bytes.data(), bytes.size());
}

Verification MemoryArrays::verify(const Pass& pass, int partials) {
  GuardedOutput& out = *sets_[0].out;
  out.poison();
  pass(set(0));
  device_.synchronize();
  const auto contents = out.read();
  if (contents.guard_broken) return failed_verification(*contents.guard_broken);
  const std::span words(reinterpret_cast<const std::uint32_t*>(contents.bytes.data()),
                        contents.bytes.size() / sizeof(std::uint32_t));
  if (operation_ == MemoryOperation::read) {
    return check_sum(words, static_cast<std::size_t>(partials));
  }
  return check_elements(words);
}

Verification MemoryArrays::check_sum(std::span<const std::uint32_t> partials, std::size_t used) {
  std::uint32_t expected = 0;
  std::vector<float> piece;
  for (std::int64_t first = 0; first < elements_; first += kPieceElements) {
    piece.resize(static_cast<std::size_t>(std::min(kPieceElements, elements_ - first)));
    normal(piece, kB, first);
    for (const float value : piece) expected += std::bit_cast<std::uint32_t>(value);
  }
  std::uint32_t found = 0;
  for (const std::uint32_t partial : partials.first(used)) found += partial;
  if (found != expected) {
    return failed_verification(
        fmt::format("the words read add up to {:08x} where {:08x} is expected", found, expected));
  }
  Verification verification;
  verification.status = Verification::Status::exact;
  verification.checksum = checksum(&found, 1, sizeof found);
  return verification;
}

Verification MemoryArrays::check_elements(std::span<const std::uint32_t> words) {
  std::vector<float> b, c;
  for (std::int64_t first = 0; first < elements_; first += kPieceElements) {
    const auto count = static_cast<std::size_t>(std::min(kPieceElements, elements_ - first));
    b.resize(count);
    c.resize(count);
    if (arrays_read(operation_) > 0) normal(b, kB, first);
    if (arrays_read(operation_) > 1) normal(c, kC, first);
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(first) + i;
      float expected = b[i];
      if (operation_ == MemoryOperation::triad) expected = b[i] + kTriadFactor * c[i];
      if (operation_ == MemoryOperation::write) {
        expected = written_value(static_cast<std::uint32_t>(at));
      }
      if (words[at] != std::bit_cast<std::uint32_t>(expected)) {
        return failed_verification(wrong_element(0, static_cast<std::int64_t>(at),
                                                 std::bit_cast<float>(words[at]), expected));
      }
    }
  }
  Verification verification;
  verification.status = Verification::Status::exact;
  verification.checksum = checksum(words.data(), words.size(), sizeof(std::uint32_t));
  return verification;
}

}  // namespace assay
