// Fits the model's constants by Levenberg and Marquardt's method, in logarithms: all are positive,
// and a plan of a microsecond counts as much as one of a second.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "harness/core/error.h"
#include "harness/core/statistics.h"
#include "kernels/gemm/sm90/sweep.h"

namespace assay::sm90 {
namespace {

constexpr std::size_t kUnknowns = 6;
/// The logarithms of start, join, l2, most_fill, rate and the clock.
using Unknowns = std::array<double, kUnknowns>;
using Matrix = std::array<Unknowns, kUnknowns>;

ModelConstants constants_of(const Unknowns& x) {
  return {std::exp(x[0]), std::exp(x[1]), std::exp(x[2]), std::exp(x[3]), std::exp(x[4])};
}

/// log(time / the model's time) of every plan.
std::vector<double> residuals(const std::vector<TimedPlan>& timed, const Unknowns& x) {
  const ModelConstants constants = constants_of(x);
  std::vector<double> out;
  for (const TimedPlan& one : timed) {
    const double cycles = cost(swept_product(one.shape), one.plan.tile, one.plan.schedule,
                               one.multiprocessors, constants);
    out.push_back(std::log(one.took_s) + x[5] - std::log(cycles));
  }
  return out;
}

double square_sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

/// Of the normal equations J^T J and J^T r, by differences.
struct Normal {
  Matrix matrix{};
  Unknowns right{};
};
Normal normal_equations(const std::vector<TimedPlan>& timed, const Unknowns& x,
                        const std::vector<double>& r) {
  constexpr double kStep = 1e-5;
  std::array<std::vector<double>, kUnknowns> slopes;
  for (std::size_t u = 0; u < kUnknowns; ++u) {
    Unknowns moved = x;
    moved[u] += kStep;
    slopes[u] = residuals(timed, moved);
    for (std::size_t i = 0; i < r.size(); ++i) slopes[u][i] = (slopes[u][i] - r[i]) / kStep;
  }
  Normal normal;
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t u = 0; u < kUnknowns; ++u) {
      normal.right[u] -= slopes[u][i] * r[i];
      for (std::size_t v = 0; v < kUnknowns; ++v)
        normal.matrix[u][v] += slopes[u][i] * slopes[v][i];
    }
  }
  return normal;
}

/// Cholesky's method: the matrix is damped, and so positive definite.
Unknowns solved(Matrix a, Unknowns b) {
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(a[i][j]) : a[i][j] / a[j][j];
    }
  }
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = kUnknowns; i-- > 0;) {
    for (std::size_t k = i + 1; k < kUnknowns; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

struct Found {
  Unknowns x{};
  double square_sum = std::numeric_limits<double>::infinity();
};

Found descended(const std::vector<TimedPlan>& timed, Unknowns x) {
  std::vector<double> r = residuals(timed, x);
  double damping = 1e-2;
  for (int step = 0; step < 200 && damping < 1e8; ++step) {
    Normal normal = normal_equations(timed, x, r);
    // What no plan depends on stays as it is.
    for (std::size_t u = 0; u < kUnknowns; ++u)
      normal.matrix[u][u] += damping * (normal.matrix[u][u] + 1e-6);
    const Unknowns by = solved(normal.matrix, normal.right);
    Unknowns moved = x;
    for (std::size_t u = 0; u < kUnknowns; ++u) moved[u] += std::clamp(by[u], -1.0, 1.0);
    std::vector<double> there = residuals(timed, moved);
    if (square_sum(there) < square_sum(r)) {
      x = moved;
      r = std::move(there);
      damping /= 3;
    } else {
      damping *= 4;
    }
  }
  return {x, square_sum(r)};
}

}  // namespace

Fit fitted(const std::vector<TimedPlan>& timed) {
  if (timed.size() < kFewestTimed)
    throw Error("too few plans were timed to fit the model's constants: at least 20 are needed");
  const ModelConstants own;
  Unknowns start = {std::log(own.start),     std::log(own.join), std::log(own.l2),
                    std::log(own.most_fill), std::log(own.rate), 0};
  start[5] = -median(residuals(timed, start));
  // The larger of two times has kinks at which one descent may end.
  Found best;
  for (const double l2 : {-0.4, 0.0, 0.4}) {
    for (const double fill : {-0.4, 0.0, 0.4}) {
      Unknowns from = start;
      from[2] += l2;
      from[3] += fill;
      const Found found = descended(timed, from);
      if (found.square_sum < best.square_sum) best = found;
    }
  }
  std::vector<double> errors;
  for (const double r : residuals(timed, best.x)) errors.push_back(std::abs(std::expm1(r)));
  return {constants_of(best.x), std::exp(best.x[5]), median(errors)};
}

}  // namespace assay::sm90
