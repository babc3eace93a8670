// ex2.approx.ftz.f32.
#pragma once

namespace assay::emulator {

/// 2^x, off by an error that its bits choose and that is at most 2^-22 of it, so that a kernel
/// cannot rely on more than the instruction promises.
float exp2_approx(float x);

}  // namespace assay::emulator
