// Makes and checks the matrices of a GEMM on the GPU that they lie on, instead of on the host.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/device.h"
#include "kernels/gemm/on_device/work.h"
#include "kernels/gemm/parts.h"
#include "kernels/gemm/problem.h"

namespace assay {

struct BlockScales;
struct GemmTerms;
struct ReferenceRow;

/// The host's generator and reference give the same bits. What is wrong is only found here; the
/// host says what it is.
class GemmOnDevice {
 public:
  /// Nothing where the host has to do it: on the host itself, where the kernels were not built or
  /// the device is too old for them. `device` outlives this.
  static std::unique_ptr<GemmOnDevice> where_possible(Device& device, const GemmShape& shape,
                                                      const GemmTypes& types, std::uint64_t seed);
  /// Bytes on the device that a check takes besides the matrices.
  static double check_bytes(const GemmShape& shape);

  /// A and B of the timed sets, and of the exact check.
  void make_normal(Buffer& a, Buffer& b) const;
  void make_exact(Buffer& a, Buffer& b, std::int64_t limit) const;
  /// C before a product that adds to it.
  void make_normal_c(void* c, InputArray array) const;
  void make_exact_c(void* c) const;

  /// The projection of the exact answer, from inputs that no product has run on yet.
  std::vector<std::uint64_t> projected_answer(const GemmPointers& matrices,
                                              const BlockScales* scales) const;
  /// Whether C is that answer, bit for bit.
  bool is_answer(const std::vector<std::uint64_t>& projected, const void* c,
                 const GemmTerms& terms) const;

  /// Of all rows of A and C together.
  std::vector<ReferenceRow> reference_rows(const GemmPointers& matrices, const BlockScales* scales,
                                           const std::vector<std::int64_t>& rows) const;

  struct Scanned {
    std::optional<std::int64_t> first_nan;
    std::string checksum;
  };
  Scanned scan(const void* c) const;

 private:
  GemmOnDevice(Device& device, const GemmShape& shape, const GemmTypes& types, std::uint64_t seed,
               const on_device::Kernels& kernels);

  on_device::Place place() const;
  void fill(const on_device::Fill& fill) const;
  std::unique_ptr<Buffer> zeros(std::size_t bytes) const;
  template <class T>
  std::unique_ptr<Buffer> bring(const std::vector<T>& values) const;
  template <class T>
  std::vector<T> fetch(Buffer& from, std::size_t count) const;
  /// In A, in elements.
  std::int64_t begin_of_row(std::int64_t row) const;
  std::int64_t blocks_of_k(const BlockScales& scales) const;
  std::int64_t blocks_of_n(const BlockScales& scales) const;

  Device& device_;
  GemmShape shape_;
  GemmTypes types_;
  std::uint64_t seed_;
  std::vector<GemmPart> parts_;
  on_device::Kernels kernels_;
};

}  // namespace assay
