// One comparison a segment; the wrong element alone is brought to the host.
#include "collectives/expectation.h"

#include <array>

namespace assay {

std::optional<WrongElement> first_wrong(Device& device, Buffer& output,
                                        const std::vector<Segment>& segments,
                                        const ExactInputs& inputs) {
  const MovedElement element = inputs.element();
  const std::size_t width = width_of(element);
  std::size_t begin = 0;
  for (const Segment& segment : segments) {
    const ElementPattern pattern = segment.whose == kSumOverRanks
                                       ? inputs.of_sum(segment.index)
                                       : inputs.of_rank(segment.whose, segment.index);
    BufferPart part(output, begin * width, segment.count * width);
    if (const auto wrong = device.first_mismatch(part, pattern)) {
      std::array<std::byte, sizeof(std::uint32_t)> bytes{};
      BufferPart one(part, *wrong * width, width);
      device.copy_out(bytes.data(), one, width);
      return WrongElement{begin + *wrong, value_of(element, load_bits(element, bytes.data())),
                          value_of(element, pattern.bits(*wrong))};
    }
    begin += segment.count;
  }
  return std::nullopt;
}

}  // namespace assay
