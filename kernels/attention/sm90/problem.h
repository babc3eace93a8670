// The arguments of a launch of the Hopper forward kernel, except its tensor maps.
#pragma once

#include "kernels/attention/forward_work.h"
#include "kernels/attention/fp8.h"

namespace assay::attention::sm90 {

using Work = ForwardWork;

struct Arguments : ForwardArguments {
  HeadScales scales = {};  ///< Of fp8.
};

/// What the scores and outputs of a head are multiplied by.
struct HeadFactors {
  float score;       ///< In natural units.
  float score_log2;  ///< In powers of two.
  float output;
};

template <bool kIsFp8>
constexpr HeadFactors factors_of(const Arguments& arguments, const Work& work) {
  if constexpr (kIsFp8) {
    const HeadScales& scales = arguments.scales;
    const int key_head = work.head / arguments.group;
    const float both = scales.q(work.batch, work.head) * scales.k(work.batch, key_head);
    return {arguments.scale * both, arguments.scale_log2 * both, scales.v(work.batch, key_head)};
  } else {
    return {arguments.scale, arguments.scale_log2, 1};
  }
}

}  // namespace assay::attention::sm90
