// What the kernels that make and check a GEMM's matrices on the device are given, and how they
// enrol themselves. Light: for .cu too.
#pragma once

#include <cstdint>

#include "harness/core/dtype.h"
#include "kernels/input_words.h"

namespace assay::on_device {

enum class Pattern { normal, integers, exact_c };

/// Fills an array as the host's generator does, element by element.
struct Fill {
  void* to = nullptr;
  std::uint64_t count = 0;
  Dtype dtype = Dtype::f32;
  Pattern pattern = Pattern::normal;
  InputArray array;
  std::int64_t k = 1, stride = 1;  ///< Of integers: of every k of them one in `stride` is kept.
};

/// Where the factor of an element lies, by the element's two indices.
struct FactorPlace {
  const float* factors = nullptr;  ///< None: no factors.
  std::int64_t first_block = 1, first_step = 0, second_block = 1, second_step = 0;
};

/// out[i] += the sum over j of matrix[i, j] x[j] modulo 2^64: of a matrix of integers, stored in
/// any order. An element that is no integer up to 2^24 makes `not_whole` other than zero.
struct Projection {
  const void* matrix = nullptr;
  Dtype dtype = Dtype::f32;
  std::int64_t first = 0;                       ///< The element (0, 0).
  std::int64_t kept = 0, summed = 0;            ///< How many i and j there are.
  std::int64_t kept_step = 0, summed_step = 0;  ///< In elements.
  FactorPlace factor;                           ///< By i and j.
  /// Of a C to which alpha A B was added: (element - beta before) / alpha is what is taken.
  float alpha = 1, beta = 0;
  std::uint64_t seed = 0;  ///< Of what C was before.
  const unsigned long long* x = nullptr;
  unsigned long long* out = nullptr;
  unsigned* not_whole = nullptr;
};

/// Where a row of A, and of B's matrix that it is multiplied by, begin.
struct RowPlace {
  std::int64_t a = 0, b = 0;                ///< In elements.
  std::int64_t factor_a = 0, factor_b = 0;  ///< In factors.
};

/// value[r, j] and magnitude[r, j]: the sums over k of a b and of |a b| in fp64, in the order of k.
struct ReferenceRows {
  const void *a = nullptr, *b = nullptr;
  Dtype dtype = Dtype::f32;
  std::int64_t rows = 0, n = 0, k = 0;
  std::int64_t a_k = 0, b_k = 0, b_n = 0;  ///< Steps along K and N, in elements.
  FactorPlace factor_a, factor_b;          ///< Of A by (0, k), of B by (k, n).
  const RowPlace* places = nullptr;
  double *value = nullptr, *magnitude = nullptr;
};

/// What is told of an output: checksum() of its elements, and where the first NaN is.
struct Scanned {
  unsigned long long sum = 0, weighted = 0;
  unsigned long long first_nan = ~0ull;
};
struct Scan {
  const void* output = nullptr;
  std::uint64_t count = 0;
  Dtype dtype = Dtype::f32;
  std::uint32_t magnitude = 0, infinity = ~0u;  ///< NaN: these bits of it are above infinity's.
  Scanned* scanned = nullptr;                   ///< Holds a Scanned as it is constructed.
};

/// Where a kernel runs.
struct Place {
  int multiprocessors = 1;
  void* stream = nullptr;  ///< A cudaStream_t.
};

/// Each queues its kernel on the current device.
struct Kernels {
  void (*fill)(const Fill&, const Place&);
  void (*project)(const Projection&, const Place&);
  void (*reference)(const ReferenceRows&, const Place&);
  void (*scan)(const Scan&, const Place&);
};

/// A namespace-scope object of this type enrols the kernels.
struct Enrolment {
  explicit Enrolment(const Kernels& kernels);
};

}  // namespace assay::on_device
