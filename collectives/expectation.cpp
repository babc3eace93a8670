// One comparison a segment; the wrong element alone is brought to the host.
#include "collectives/expectation.h"

namespace assay {

std::optional<WrongElement> first_wrong(Device& device, Buffer& output,
                                        const std::vector<Segment>& segments,
                                        const ExactInputs& inputs) {
  const Dtype element = inputs.element();
  const std::size_t width = size_of(element);
  std::size_t begin = 0;
  for (const Segment& segment : segments) {
    const ElementPattern pattern = segment.whose == kSumOverRanks
                                       ? inputs.of_sum(segment.index)
                                       : inputs.of_rank(segment.whose, segment.index);
    BufferPart part(output, begin * width, segment.count * width);
    if (const auto wrong = device.first_mismatch(part, pattern)) {
      std::vector<std::byte> bytes(width);
      BufferPart one(part, *wrong * width, width);
      device.copy_out(bytes.data(), one, width);
      return WrongElement{begin + *wrong, decode(element, bytes).front(),
                          value_of(element, pattern.bits(*wrong))};
    }
    begin += segment.count;
  }
  return std::nullopt;
}

}  // namespace assay
