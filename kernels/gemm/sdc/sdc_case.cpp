// Keeps a golden result on the device and compares every other with it there.
#include "kernels/gemm/sdc/sdc_case.h"

namespace assay {

SdcCase::SdcCase(Device& device, std::shared_ptr<GemmOperands> operands, BindMultiply bind,
                 PreparedKernel<ComparedResults> compare, OutputTile tile, Json choice)
    : device_(device),
      operands_(std::move(operands)),
      bind_(std::move(bind)),
      compare_(std::move(compare)),
      tile_(tile),
      choice_(std::move(choice)),
      golden_(device.allocate(output_bytes())),
      difference_(device.allocate(sizeof(BitDifference))),
      products_(bound_to_sets(*operands_, bind_)) {
  for (std::size_t set = 0; set < operands_->count(); ++set) {
    comparisons_.push_back(
        compare_.on({.golden = golden_->data(),
                     .got = operands_->set(set).c,
                     .words = output_bytes() / sizeof(std::uint32_t),
                     .difference = static_cast<BitDifference*>(difference_->data())}));
  }
}

std::size_t SdcCase::output_bytes() const {
  const auto& shape = operands_->shape();
  return static_cast<std::size_t>(shape.m) * static_cast<std::size_t>(shape.n) *
         size_of(operands_->types().output);
}

Verification SdcCase::verify() {
  Verification verification = operands_->verify(call_bound(bind_));
  if (!verification.ok()) return verification;
  products_[0]();
  device_.synchronize();
  operands_->copy_output(0, *golden_);
  const BitDifference none;
  device_.copy_in(*difference_, &none, sizeof none);
  for (std::size_t set = 0; set < operands_->count(); ++set) enqueue(set);
  if (const auto wrong = wrong_after_samples()) {
    verification.status = Verification::Status::failed;
    verification.detail = *wrong;
  }
  return verification;
}

void SdcCase::enqueue(std::size_t set) {
  products_[set]();
  comparisons_[set].launch(device_.stream());
}

std::optional<std::string> SdcCase::wrong_after_samples() {
  device_.synchronize();
  BitDifference found;
  device_.copy_out(&found, *difference_, sizeof found);
  if (found.words == 0) return std::nullopt;
  return name_difference(found, operands_->shape(), tile_, size_of(operands_->types().output));
}

}  // namespace assay
