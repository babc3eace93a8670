// How each device stands among its peers: residuals against the median, combined by family.
#include "harness/conformance/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>

#include "harness/core/statistics.h"

namespace assay {

namespace {

constexpr std::size_t kFleet = 32;          // devices whose spread is known from themselves
constexpr double kMadEfficiency = 0.37;     // of the MAD against the standard deviation
constexpr double kMedianVariance = 1.5708;  // of a median of n, times n: pi / 2
constexpr double kAssumedSd = 0.015;        // where nobody says how devices differ
constexpr double kHalfWidths = 1.96;        // standard errors in half an interval of 95 %

struct CaseReading {
  std::size_t device = 0;  // index among the devices seen
  double log_rate = 0, error = 0;
};

/// What can be compared: one model, one case, one series, alone or at once.
std::string race_of(const DeviceGroup& group, const Measurement& measurement) {
  return fmt::format("{}|{}|{}|{}", group.device.device->name, measurement.id.str(),
                     name(measurement.series), measurement.scope.level);
}

double relative_error(const Measurement& measurement) {
  const Samples& samples = *measurement.samples;
  return (samples.ci_high_s - samples.ci_low_s) / (2 * kHalfWidths * samples.median_s);
}

/// The median of the others, or of all where one device hardly moves it.
double peers_median(const std::vector<CaseReading>& readings, std::size_t one, double of_all) {
  if (readings.size() >= kFleet) return of_all;
  std::vector<double> others;
  for (std::size_t i = 0; i < readings.size(); ++i)
    if (i != one) others.push_back(readings[i].log_rate);
  return median(others);
}

struct Residuals {
  std::vector<double> values;
  double squared_errors = 0;
  std::size_t peers = 0;
};

Standing combined(const DeviceRef& device, Family family, const Residuals& residuals) {
  Standing standing;
  standing.device = device;
  standing.family = family;
  const auto count = static_cast<double>(residuals.values.size());
  double sum = 0, worst = 0;
  for (const double value : residuals.values) {
    sum += value;
    worst = std::min(worst, value);
  }
  standing.below = -std::expm1(sum / count);
  standing.without_worst = count > 1 ? -std::expm1((sum - worst) / (count - 1)) : standing.below;
  standing.error = std::sqrt(residuals.squared_errors) / count;
  standing.cases = residuals.values.size();
  standing.peers = residuals.peers;
  return standing;
}

/// The mean spread of the rows that say one, of the cases of the family on any device.
std::optional<double> sd_of_rows(Family family, const std::vector<DeviceGroup>& groups,
                                 const std::vector<Baseline>& baselines) {
  double sum = 0;
  std::size_t rows = 0;
  std::map<std::string, bool> seen;
  for (const DeviceGroup& group : groups) {
    if (family_of(group.workload) != family) continue;
    if (!seen.emplace(group.device.device->name + "|" + group.name(), true).second) continue;
    if (const auto sd = sd_of(find_row(baselines, group, {}))) {
      sum += *sd;
      ++rows;
    }
  }
  if (rows == 0) return std::nullopt;
  return sum / static_cast<double>(rows);
}

}  // namespace

double widened_by_peers(double sd, std::size_t peers) {
  return sd * std::sqrt(1 + kMedianVariance / static_cast<double>(std::max<std::size_t>(peers, 1)));
}

std::optional<double> sd_of(const FoundRow& found) {
  if (found.row == nullptr || !found.row->mad || !found.only_warns.empty()) return std::nullopt;
  return kSdOfMad * *found.row->mad / found.row->value;
}

std::vector<Standing> standings(const std::vector<DeviceGroup>& groups) {
  std::map<const DeviceFacts*, std::size_t> index_of;
  std::vector<DeviceRef> devices;
  std::map<std::pair<int, std::string>, std::vector<CaseReading>> races;
  for (const DeviceGroup& group : groups) {
    const std::optional<Family> family = family_of(group.workload);
    if (!family) continue;
    const auto [place, fresh] = index_of.emplace(group.device.device, devices.size());
    if (fresh) devices.push_back(group.device);
    for (const Measurement* member : group.members)
      if (const std::optional<Rate> rate = rate_of(*member); rate && member->samples)
        races[{static_cast<int>(*family), race_of(group, *member)}].push_back(
            {place->second, std::log(rate->value), relative_error(*member)});
  }
  std::map<std::pair<int, std::size_t>, Residuals> all;
  for (const auto& [race, readings] : races) {
    if (readings.size() < 2) continue;
    std::vector<double> rates;
    for (const CaseReading& reading : readings) rates.push_back(reading.log_rate);
    const double middle = median(rates);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      Residuals& residuals = all[{race.first, readings[i].device}];
      residuals.values.push_back(readings[i].log_rate - peers_median(readings, i, middle));
      residuals.squared_errors += readings[i].error * readings[i].error;
      residuals.peers = std::max(residuals.peers, readings.size() - 1);
    }
  }
  std::vector<Standing> found;
  for (const auto& [place, residuals] : all)
    found.push_back(combined(devices[place.second], static_cast<Family>(place.first), residuals));
  return found;
}

PeerSpread spread_of(Family family, const std::vector<Standing>& all,
                     const std::vector<DeviceGroup>& groups,
                     const std::vector<Baseline>& baselines) {
  std::vector<double> below;
  std::size_t peers = 1;
  for (const Standing& one : all) {
    if (one.family != family) continue;
    below.push_back(one.below);
    peers = std::max(peers, one.peers);
  }
  if (below.size() >= kFleet) {
    const double middle = median(below);
    for (double& value : below) value = std::abs(value - middle);
    return {kSdOfMad * median(below), kMadEfficiency * static_cast<double>(below.size() - 1),
            fmt::format("the spread of {} devices", below.size()), false};
  }
  if (const auto sd = sd_of_rows(family, groups, baselines))
    return {widened_by_peers(*sd, peers), 0, "the spread in the baseline's rows", false};
  return {widened_by_peers(kAssumedSd, peers), 0, "an assumed spread, which only warns", true};
}

double deviations_by_chance(double chance, std::size_t comparisons, double freedom) {
  const double each = chance / static_cast<double>(std::max<std::size_t>(comparisons, 1));
  if (freedom <= 0)
    return boost::math::quantile(boost::math::complement(boost::math::normal(), each));
  return boost::math::quantile(
      boost::math::complement(boost::math::students_t(std::max(freedom, 2.0)), each));
}

}  // namespace assay
