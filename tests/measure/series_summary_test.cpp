// Ratios of samples that were taken next to each other, and what a long series sustains.
#include "harness/measure/series_summary.h"

#include <doctest/doctest.h>

#include <vector>

using namespace assay;

namespace {

struct Sample {
  double value_s;
  std::uint32_t round;
  const char* discarded = nullptr;
};

SeriesRecord record_of(const std::vector<Sample>& samples) {
  SeriesRecord record;
  for (const Sample& sample : samples) {
    SampleEntry entry;
    entry.value_s = sample.value_s;
    entry.round = sample.round;
    entry.discarded = sample.discarded;
    record.add(entry, std::nullopt);
  }
  return record;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a ratio is of the blocks of two rounds that both have whole") {
    struct Row {
      const char* what;
      std::vector<Sample> other;
      std::vector<double> ratios;
    };
    const SeriesRecord first = record_of({{1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}});
    const Row table[] = {
        {"all", {{1, 0}, {3, 1}, {2, 2}, {4, 3}, {5, 4}, {5, 5}}, {2, 3, 5}},
        {"fewer", {{1, 0}, {3, 1}, {2, 2}, {2, 3}}, {2, 2}},
        {"more", {{3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 5}, {9, 6}, {9, 7}}, {3, 3, 3}},
        {"half a block", {{1, 0}, {3, 1}, {7, 2}}, {2}},
        {"a hole", {{1, 0}, {3, 1}, {4, 4}, {4, 5}}, {2, 4}},
        {"across blocks", {{1, 1}, {3, 2}}, {}},
        {"rounds apart", {{1, 0}, {3, 3}}, {}},
        {"a discarded first", {{9, 0, "x"}, {9, 1}, {2, 2}, {4, 3}}, {3}},
        {"a discarded second", {{9, 0}, {9, 1, "x"}, {2, 2}, {4, 3}}, {3}},
        {"none", {}, {}}};
    for (const Row& row : table) {
      CAPTURE(row.what);
      const auto ratio = paired_ratio(first, record_of(row.other));
      REQUIRE(ratio.has_value() == !row.ratios.empty());
      if (!ratio) continue;
      CHECK(ratio->pairs == static_cast<std::int64_t>(row.ratios.size()));
      CHECK(ratio->value == median(row.ratios));
    }
    const SeriesRecord longer = record_of({{2, 0}, {2, 1}, {2, 2}, {2, 3}, {2, 4}, {2, 5}, {2, 6}});
    CHECK(paired_ratio(longer, first)->pairs == 3);
    CHECK(paired_ratio(record_of({{1, 0}, {1, 1}}), first)->pairs == 1);
  }

  TEST_CASE("a series is long from twenty seconds on and its ends decide") {
    const auto lasting = [](double length_s) {
      SeriesRecord record;
      constexpr int kSamples = 60;
      for (int i = 0; i < kSamples; ++i) {
        SampleEntry entry;
        entry.value_s = i < kSamples / 10 ? 1 : i < 2 * kSamples / 3 ? 2 : 3;
        entry.begin_s = length_s * i / kSamples;
        entry.end_s = i == kSamples - 1 ? length_s : length_s * (i + 1) / kSamples;
        record.add(entry, std::nullopt);
      }
      return record.endurance();
    };
    CHECK_FALSE(lasting(19.99));
    REQUIRE(lasting(20));
    CHECK(lasting(20)->peak_s == 1);
    CHECK(lasting(20)->sustained_s == 3);
    CHECK_FALSE(SeriesRecord().endurance());
  }
}
