// Circular binary segmentation, and the ratio of neighbouring segments with its interval.
#include "harness/site/changes.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <optional>

namespace assay {

namespace {

constexpr std::size_t kFewest = 3;
constexpr double kFalseAlarms = 0.01;  // of a history without any change
constexpr double kChangeLevel = 0.99;  // of the interval of a change

/// Values that are one part or two, on both sides of another.
struct Part {
  double count = 0, sum = 0, squares = 0;
  double deviations() const { return std::max(0.0, squares - sum * sum / count); }
};

/// Two parts: how far their means are apart, and the error of that.
struct Step {
  double difference = 0, error = 0, freedom = 0;
  bool exceeds(double tail, double margin) const {
    if (std::abs(difference) <= std::log1p(margin)) return false;
    const boost::math::students_t distribution(freedom);
    return std::abs(difference) > error * boost::math::quantile(distribution, 1 - tail / 2);
  }
};

Step step_between(const Part& before, const Part& after) {
  const double freedom = before.count + after.count - 2;
  const double variance = (before.deviations() + after.deviations()) / freedom;
  return {after.sum / after.count - before.sum / before.count,
          std::sqrt(variance * (1 / before.count + 1 / after.count)), freedom};
}

/// Sums from which any part follows at once.
class Sums {
 public:
  explicit Sums(std::span<const double> values) : sums_(1), squares_(1) {
    // Around the first value, so that squares of small differences keep their digits.
    for (const double value : values) {
      const double away = value - values.front();
      sums_.push_back(sums_.back() + away);
      squares_.push_back(squares_.back() + away * away);
    }
  }
  Part within(std::size_t begin, std::size_t end) const {
    return {static_cast<double>(end - begin), sums_[end] - sums_[begin],
            squares_[end] - squares_[begin]};
  }
  /// Of begin to end, but for what is within.
  Part around(std::size_t begin, std::size_t end, const Part& inner) const {
    const Part all = within(begin, end);
    return {all.count - inner.count, all.sum - inner.sum, all.squares - inner.squares};
  }

 private:
  std::vector<double> sums_, squares_;
};

/// A part of the history that differs from what is around it.
struct Arc {
  std::size_t begin = 0, end = 0;
};

bool is_long_enough(std::size_t count) { return count == 0 || count >= kFewest; }

/// The one that explains most of what differs, if it is more than chance.
std::optional<Arc> most_likely(const Sums& sums, std::size_t begin, std::size_t end,
                               double margin) {
  std::optional<Arc> best;
  double least = INFINITY;
  double tried = 0;
  for (std::size_t from = begin; from + kFewest <= end; ++from) {
    for (std::size_t to = from + kFewest; to <= end; ++to) {
      const bool leaves_enough = from > begin || to < end;
      if (!leaves_enough || !is_long_enough(from - begin) || !is_long_enough(end - to)) continue;
      ++tried;
      const Part inner = sums.within(from, to);
      const double left = inner.deviations() + sums.around(begin, end, inner).deviations();
      if (left < least) best = Arc{from, to}, least = left;
    }
  }
  if (!best) return std::nullopt;
  const Part inner = sums.within(best->begin, best->end);
  const Step step = step_between(sums.around(begin, end, inner), inner);
  return step.exceeds(kFalseAlarms / tried, margin) ? best : std::nullopt;
}

void split(const Sums& sums, std::size_t begin, std::size_t end, double margin,
           std::vector<std::size_t>& found) {
  const auto arc = most_likely(sums, begin, end, margin);
  if (!arc) return;
  split(sums, begin, arc->begin, margin, found);
  if (arc->begin > begin) found.push_back(arc->begin);
  split(sums, arc->begin, arc->end, margin, found);
  if (arc->end < end) found.push_back(arc->end);
  split(sums, arc->end, end, margin, found);
}

}  // namespace

std::vector<Change> changes_of(std::span<const double> logs, double margin) {
  const Sums sums(logs);
  std::vector<std::size_t> bounds = {0};
  split(sums, 0, logs.size(), margin, bounds);
  bounds.push_back(logs.size());
  std::vector<Change> changes;
  for (std::size_t i = 1; i + 1 < bounds.size(); ++i) {
    const Step step =
        step_between(sums.within(bounds[i - 1], bounds[i]), sums.within(bounds[i], bounds[i + 1]));
    const double half = step.error * boost::math::quantile(boost::math::students_t(step.freedom),
                                                           0.5 + kChangeLevel / 2);
    changes.push_back({bounds[i], std::exp(step.difference), std::exp(step.difference - half),
                       std::exp(step.difference + half)});
  }
  return changes;
}

}  // namespace assay
