// What the programme's validator requires of a submission's metadata (scripts/validate.go).
#include <fmt/format.h>

#include "harness/conformance/evidence/pack.h"
#include "harness/core/message.h"

namespace assay {

namespace {

bool is_placeholder(const std::string& value) {
  return value.starts_with('[') && value.ends_with(']');
}

bool is_address(const std::string& value) {
  return value.starts_with("https://") || value.starts_with("http://");
}

struct Field {
  const char* name;
  bool required, address;
};

// The templates of most versions have no k8sConformanceUrl, and the validator requires it.
constexpr Field kFields[] = {
    {"kubernetesVersion", true, false}, {"platformName", true, false},
    {"platformVersion", true, false},   {"vendorName", true, false},
    {"websiteUrl", true, true},         {"repoUrl", false, true},
    {"documentationUrl", true, true},   {"productLogoUrl", true, true},
    {"description", true, false},       {"contactEmailAddress", true, false},
    {"k8sConformanceUrl", true, true},
};

std::string problem_of(const Field& field, const std::string& value) {
  if (value.empty()) return field.required ? "is missing" : "";
  if (is_placeholder(value)) return fmt::format("is still the placeholder {}", in_quotes(value));
  if (field.address && !is_address(value))
    return fmt::format("is {}, which is no address that begins with https://", in_quotes(value));
  return "";
}

}  // namespace

std::vector<std::string> metadata_problems(const Checklist& checklist, const std::string& product) {
  std::vector<std::string> problems;
  const auto add = [&](const std::string& name, const std::string& what) {
    if (!what.empty()) problems.push_back(name + " " + what);
  };
  for (const Field& field : kFields)
    add(field.name, problem_of(field, checklist.about(field.name)));
  const std::string email = checklist.about("contactEmailAddress");
  if (!email.empty() && !is_placeholder(email) && email.find('@') == std::string::npos)
    add("contactEmailAddress", fmt::format("is {}, which is no address", in_quotes(email)));
  const std::string conformance = checklist.about("k8sConformanceUrl");
  const std::string version = product.substr(0, product.find('/') + 1);
  if (is_address(conformance) && conformance.find("/" + version) == std::string::npos)
    add("k8sConformanceUrl",
        fmt::format("is {}, which is not of {}", in_quotes(conformance), product));
  return problems;
}

}  // namespace assay
