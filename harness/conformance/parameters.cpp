// Reads a requirement's parameters; every refusal names the requirement and the parameter.
#include "harness/conformance/parameters.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace assay {

const Json* Parameters::find(const std::string& key) {
  known_.insert(key);
  const auto found = asked_.parameters.find(key);
  return found == asked_.parameters.end() ? nullptr : &*found;
}

void Parameters::refuse(const std::string& key, const std::string& expected) const {
  throw Error(fmt::format("profile requirement '{}' ({}): parameter '{}' must be {}", asked_.id,
                          asked_.kind, key, expected));
}

double Parameters::fraction(const std::string& key, double fallback) {
  const Json* value = find(key);
  if (value == nullptr) return fallback;
  if (!value->is_number()) refuse(key, "a number from 0 to 1");
  const double fraction = value->get<double>();
  if (!(fraction >= 0 && fraction <= 1)) refuse(key, "a number from 0 to 1");
  return fraction;
}

double Parameters::required_fraction(const std::string& key) {
  if (find(key) == nullptr) refuse(key, "given, a number from 0 to 1");
  return fraction(key, 0);
}

double Parameters::required_ratio(const std::string& key) {
  const Json* value = find(key);
  const bool is_ratio = value != nullptr && value->is_number() && value->get<double>() >= 0 &&
                        value->get<double>() <= 10;
  if (!is_ratio) refuse(key, "given, a number from 0 to 10");
  return value->get<double>();
}

double Parameters::required_seconds(const std::string& key) {
  const Json* value = find(key);
  const bool is_positive = value != nullptr && value->is_number() && value->get<double>() > 0;
  if (!is_positive) refuse(key, "given, a number of seconds above 0");
  return value->get<double>();
}

std::optional<std::int64_t> Parameters::count(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer() || value->get<std::int64_t>() < 0) {
    refuse(key, "a whole number, 0 or more");
  }
  return value->get<std::int64_t>();
}

std::optional<std::string> Parameters::text(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(key, "a text");
  return value->get<std::string>();
}

std::vector<std::string> Parameters::texts(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) return {};
  if (value->is_string()) return {value->get<std::string>()};
  if (!value->is_array() || value->empty()) refuse(key, "a text or a list of texts");
  std::vector<std::string> texts;
  for (const Json& entry : *value) {
    if (!entry.is_string()) refuse(key, "a text or a list of texts");
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

void Parameters::done() const {
  for (const auto& [key, value] : asked_.parameters.items()) {
    if (known_.contains(key)) continue;
    throw Error(fmt::format("profile requirement '{}' ({}): unknown parameter '{}'; known: {}",
                            asked_.id, asked_.kind, key, fmt::join(known_, ", ")));
  }
}

}  // namespace assay
