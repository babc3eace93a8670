// The residuals of fitted lines, from the points that each is said to be of. Where a curve is cut
// into lines is a choice that versions may make differently, and is not compared.
#include <iterator>

#include "harness/core/consistency_part.h"
#include "harness/core/curve.h"

namespace assay::consistency {

namespace {

double number_in(const Json& fit, const char* field, const Part& part) {
  if (!fit.contains(field) || !fit.at(field).is_number())
    part.refuse(field, "no number", "a fit of a curve has one");
  return fit.at(field).get<double>();
}

void check_fit(const Json& fit, const std::map<std::string, Curve>& curves, const Part& part) {
  const std::string name = fit.at("curve").is_string() ? fit.at("curve").get<std::string>() : "";
  const auto curve = curves.find(name);
  if (curve == curves.end())
    part.refuse("curve", in_quotes(name), "no measurements are of such a curve");
  const double latency_s = number_in(fit, "latency_s", part),
               s_per_byte = number_in(fit, "s_per_byte", part);
  const auto first = curve->second.find(number_in(fit, "from_bytes", part)),
             last = curve->second.find(number_in(fit, "to_bytes", part));
  for (const auto& [end, field] : {std::pair{first, "from_bytes"}, std::pair{last, "to_bytes"}})
    if (end == curve->second.end())
      part.refuse(field, fmt::format("{:.7g}", number_in(fit, field, part)),
                  "the curve has no such size");
  if (last->first < first->first)
    part.refuse("to_bytes", fmt::format("{:.7g}", last->first),
                fmt::format("the line begins at {:.7g}", first->first));
  double squares = 0, largest = 0;
  for (auto point = first; point != std::next(last); ++point) {
    const double residual = (latency_s + point->first * s_per_byte) / point->second - 1;
    squares += residual * residual;
    largest = std::max(largest, std::abs(residual));
  }
  const auto count = static_cast<double>(std::distance(first, last) + 1);
  // Of a line through its points the residual is a rounding.
  const auto same = [](double stated, double derived) {
    return std::abs(stated - derived) <= kRounding;
  };
  const std::pair<const char*, double> residuals[] = {{"rms_residual", std::sqrt(squares / count)},
                                                      {"max_residual", largest}};
  for (const auto& [field, derived] : residuals)
    if (const double stated = number_in(fit, field, part); !same(stated, derived))
      part.refuse(field, fmt::format("{:.7g}", stated),
                  fmt::format("the line and the curve give {:.7g}", derived));
}

}  // namespace

void check_fits(const Result& result) {
  if (result.fits.empty()) return;
  const std::map<std::string, Curve> curves = curves_of(result.measurements);
  const Place document, fits{&document, "fits"};
  for (std::size_t i = 0; i < result.fits.size(); ++i)
    if (const Json& fit = result.fits[i]; fit.is_object() && fit.contains("curve"))
      check_fit(fit, curves, Part(Place{&fits, {}, i}));
}

}  // namespace assay::consistency
