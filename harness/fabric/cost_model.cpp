// Piecewise latency-bandwidth fits by relative least squares, and the curve-dip check.
#include "harness/fabric/cost_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr std::size_t kFewestPoints = 4;
// Medians repeat to about this; a smaller residual is luck and must not buy another region.
constexpr double kResidualFloor = 0.01;

struct Line {
  double latency_s = 0, seconds_per_byte = 0;
  double at(double bytes) const { return latency_s + bytes * seconds_per_byte; }
};

double residual(const Line& line, const SweepPoint& point) {
  return line.at(point.bytes) / point.time_s - 1;
}

double squares(const Line& line, std::span<const SweepPoint> points) {
  double sum = 0;
  for (const SweepPoint& point : points) sum += residual(line, point) * residual(line, point);
  return sum;
}

/// Minimises the squared relative residuals; where the free optimum has a negative part, that part
/// is zero and the other is fitted alone.
Line fit_line(std::span<const SweepPoint> points) {
  double w = 0, wx = 0, wxx = 0, wy = 0, wxy = 0;
  for (const SweepPoint& point : points) {
    const double weight = 1 / (point.time_s * point.time_s);
    w += weight;
    wx += weight * point.bytes;
    wxx += weight * point.bytes * point.bytes;
    wy += weight * point.time_s;
    wxy += weight * point.bytes * point.time_s;
  }
  const double determinant = w * wxx - wx * wx;
  Line line;
  if (determinant > 1e-12 * w * wxx) {
    line.seconds_per_byte = (w * wxy - wx * wy) / determinant;
    line.latency_s = (wy - line.seconds_per_byte * wx) / w;
  }
  if (determinant <= 1e-12 * w * wxx || line.seconds_per_byte < 0) return {wy / w, 0};
  if (line.latency_s < 0) return {0, wxy / wxx};
  return line;
}

struct Split {
  double cost = std::numeric_limits<double>::infinity();  // squares of every region so far
  std::vector<std::size_t> ends;
};

/// The best cut of the sweep into exactly `segments` regions, by dynamic programming.
Split best_split(std::span<const SweepPoint> sweep, std::size_t segments) {
  const std::size_t fewest = segments == 1 ? 1 : kFewestPoints;
  std::vector<Split> best(sweep.size() + 1);
  best[0].cost = 0;
  for (std::size_t segment = 0; segment < segments; ++segment) {
    std::vector<Split> next(sweep.size() + 1);
    for (std::size_t end = fewest; end <= sweep.size(); ++end) {
      for (std::size_t begin = 0; begin + fewest <= end; ++begin) {
        if (!std::isfinite(best[begin].cost)) continue;
        const auto points = sweep.subspan(begin, end - begin);
        const double cost = best[begin].cost + squares(fit_line(points), points);
        if (cost >= next[end].cost) continue;
        next[end] = best[begin];
        next[end].cost = cost;
        next[end].ends.push_back(end);
      }
    }
    best = std::move(next);
  }
  return best[sweep.size()];
}

CostSegment describe(std::span<const SweepPoint> points) {
  const Line line = fit_line(points);
  CostSegment segment{
      points.front().bytes, points.back().bytes, line.latency_s, line.seconds_per_byte, 0, 0};
  segment.rms_residual = std::sqrt(squares(line, points) / static_cast<double>(points.size()));
  for (const SweepPoint& point : points)
    segment.max_residual = std::max(segment.max_residual, std::abs(residual(line, point)));
  return segment;
}

void require_sweep(std::span<const SweepPoint> sweep) {
  if (sweep.size() < 2) throw Error("a cost fit needs at least two sizes");
  for (std::size_t i = 0; i < sweep.size(); ++i)
    if (sweep[i].time_s <= 0 || (i > 0 && sweep[i].bytes <= sweep[i - 1].bytes))
      throw Error("a cost fit needs ascending sizes and positive times");
}

}  // namespace

std::vector<CostSegment> fit_cost(std::span<const SweepPoint> sweep, int most_segments) {
  require_sweep(sweep);
  const auto n = static_cast<double>(sweep.size());
  Split chosen;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t segments = 1; segments <= static_cast<std::size_t>(most_segments); ++segments) {
    const Split split = best_split(sweep, segments);
    if (!std::isfinite(split.cost)) break;  // too few points for more regions
    const double variance = split.cost / n + kResidualFloor * kResidualFloor;
    // Each region has a latency, a slope and an end.
    const double criterion =
        n * std::log(variance) + 3 * static_cast<double>(segments) * std::log(n);
    if (criterion >= least) continue;
    least = criterion;
    chosen = split;
  }
  std::vector<CostSegment> fitted;
  std::size_t begin = 0;
  for (const std::size_t end : chosen.ends) {
    fitted.push_back(describe(sweep.subspan(begin, end - begin)));
    begin = end;
  }
  return fitted;
}

std::vector<CurveDip> curve_dips(std::span<const SweepPoint> sweep, double tolerance) {
  std::vector<CurveDip> dips;
  const SweepPoint* fastest = nullptr;  // surely at least that fast
  const auto speed = [](const SweepPoint& point) { return point.bytes / point.time_s; };
  const auto at_least = [](const SweepPoint& point) { return point.bytes / point.high_s; };
  const auto at_most = [](const SweepPoint& point) { return point.bytes / point.low_s; };
  for (const SweepPoint& point : sweep) {
    if (fastest != nullptr && at_most(point) < tolerance * at_least(*fastest))
      dips.push_back({point.bytes, fastest->bytes, speed(point) / speed(*fastest)});
    if (fastest == nullptr || at_least(point) > at_least(*fastest)) fastest = &point;
  }
  return dips;
}

}  // namespace assay
