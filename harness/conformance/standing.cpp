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

/// What can be compared: one model, one case, one series, alone or at once.
std::string race_of(const std::string& model, const Measurement& measurement) {
  const CaseId& id = measurement.id;
  std::string race = model + "|";
  race.append(id.workload).append(".").append(id.dtype).append(".").append(id.implementation);
  race.append("/").append(id.shape.str()).append("|");
  return race.append(name(measurement.series)).append("|").append(measurement.scope.level);
}

double relative_error(const Measurement& measurement) {
  const Samples& samples = *measurement.samples;
  return (samples.ci_high_s - samples.ci_low_s) / (2 * kHalfWidths * samples.median_s);
}

/// The median of the others, or of all where one device hardly moves it.
double peers_median(const auto& readings, std::size_t one, double of_all) {
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

}  // namespace

double widened_by_peers(double sd, std::size_t peers) {
  return sd * std::sqrt(1 + kMedianVariance / static_cast<double>(std::max<std::size_t>(peers, 1)));
}

std::optional<double> sd_of(const FoundRow& found) {
  if (found.row == nullptr || !found.row->mad || !found.only_warns.empty()) return std::nullopt;
  return kSdOfMad * *found.row->mad / found.row->value;
}

void FleetNotes::add(const DeviceGroups& groups, const std::vector<Baseline>& baselines) {
  for (const DeviceGroup& group : groups) {
    const std::optional<Family> family = family_of(group.asked->workload);
    if (!family) continue;
    const auto [place, fresh] = index_of_.emplace(group.device.device, devices_.size());
    if (fresh) devices_.push_back({group.device});
    if (!group.is_at_once()) devices_[place->second].alone = true;
    KnownGroup& known = known_group(group, *family, baselines);
    for (const Measurement* member : group.members)
      if (const std::optional<Rate> rate = rate_of(*member); rate && member->samples)
        readings_of(*member, *family, known)
            .push_back({place->second, std::log(rate->value), relative_error(*member)});
  }
}

FleetNotes::KnownGroup& FleetNotes::known_group(const DeviceGroup& group, Family family,
                                                const std::vector<Baseline>& baselines) {
  const AskedGroup& asked = *group.asked;
  for (std::size_t tried = 0; tried < known_.size(); ++tried) {
    last_known_ = (last_known_ + 1) % known_.size();
    KnownGroup& known = known_[last_known_];
    const AskedGroup& its = known.asked;
    if (its.shape == asked.shape && its.series == asked.series && its.reach == asked.reach &&
        its.dtype == asked.dtype && its.workload == asked.workload &&
        known.model == group.device.device->name)
      return known;
  }
  add_row(group, family, baselines);
  last_known_ = known_.size();
  return known_.emplace_back(KnownGroup{group.device.device->name, asked, {}});
}

std::vector<FleetNotes::Reading>& FleetNotes::readings_of(const Measurement& measurement,
                                                          Family family, KnownGroup& group) {
  const std::string& implementation = measurement.id.implementation;
  for (const auto& [name, readings] : group.readings)
    if (name == implementation) return *readings;
  const std::pair key(static_cast<int>(family), race_of(group.model, measurement));
  return *group.readings.emplace_back(implementation, &races_[key]).second;
}

void FleetNotes::add_row(const DeviceGroup& group, Family family,
                         const std::vector<Baseline>& baselines) {
  const std::size_t at_once = group.is_at_once() ? 1 : 0;
  std::string of = group.device.device->name + "|" + group.asked->name();
  if (!has_row_[at_once].insert(of).second) return;
  rows_[at_once].push_back({family, std::move(of), sd_of(find_row(baselines, group, {}))});
}

std::vector<Standing> FleetNotes::standings() const {
  // Devices in their order, those first that were measured alone.
  std::vector<std::size_t> place_of(devices_.size());
  std::vector<const DeviceRef*> devices;
  for (const bool alone : {true, false}) {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      if (devices_[i].alone != alone) continue;
      place_of[i] = devices.size();
      devices.push_back(&devices_[i].ref);
    }
  }
  std::map<std::pair<int, std::size_t>, Residuals> all;
  for (const auto& [race, readings] : races_) {
    if (readings.size() < 2) continue;
    std::vector<double> rates;
    for (const Reading& reading : readings) rates.push_back(reading.log_rate);
    const double middle = median(rates);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      Residuals& residuals = all[{race.first, place_of[readings[i].device]}];
      residuals.values.push_back(readings[i].log_rate - peers_median(readings, i, middle));
      residuals.squared_errors += readings[i].error * readings[i].error;
      residuals.peers = std::max(residuals.peers, readings.size() - 1);
    }
  }
  std::vector<Standing> found;
  for (const auto& [place, residuals] : all)
    found.push_back(combined(*devices[place.second], static_cast<Family>(place.first), residuals));
  return found;
}

std::optional<double> FleetNotes::sd_of_rows(Family family) const {
  double sum = 0;
  std::size_t count = 0;
  for (const std::vector<RowSpread>& rows : rows_) {
    for (const RowSpread& row : rows) {
      const bool is_known = &rows == &rows_[1] && has_row_[0].contains(row.of);
      if (row.family != family || is_known || !row.sd) continue;
      sum += *row.sd;
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

PeerSpread FleetNotes::spread_of(Family family, const std::vector<Standing>& all) const {
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
  if (const auto sd = sd_of_rows(family))
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
