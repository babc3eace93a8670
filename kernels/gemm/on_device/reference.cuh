// Rows of the reference in fp64 on the device: a thread an element, in the host's order of K.
#pragma once

#include "kernels/gemm/on_device/element.cuh"

namespace assay::on_device {

/// The products are exact, two significands of 24 bits in 53: fused or not, a sum is the host's.
__global__ void __launch_bounds__(kThreads) reference_rows(ReferenceRows all) {
  const Share share = share_of_this_thread();
  for (std::int64_t item = share.first; item < all.rows * all.n; item += share.step) {
    const RowPlace row = all.places[item / all.n];
    const std::int64_t j = item % all.n;
    FactorPlace factor_a = all.factor_a, factor_b = all.factor_b;
    if (factor_a.factors != nullptr) factor_a.factors += row.factor_a;
    if (factor_b.factors != nullptr) factor_b.factors += row.factor_b;
    double value = 0, magnitude = 0;
    for (std::int64_t k = 0; k < all.k; ++k) {
      const float a = value_at(all.a, all.dtype, row.a + k * all.a_k) * factor_at(factor_a, 0, k);
      const float b =
          value_at(all.b, all.dtype, row.b + k * all.b_k + j * all.b_n) * factor_at(factor_b, k, j);
      const double product = static_cast<double>(a) * static_cast<double>(b);
      value += product;
      magnitude += fabs(product);
    }
    all.value[item] = value;
    all.magnitude[item] = magnitude;
  }
}

inline void launch_reference(const ReferenceRows& all, const Place& place) {
  device::launch(config_for(all.rows * all.n, place), reference_rows, all);
}

}  // namespace assay::on_device
