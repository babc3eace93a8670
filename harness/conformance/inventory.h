// What the inventory requirements share: every device, one check each, absent facts `missing`.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/conformance/findings.h"

namespace assay {

/// Checks one device, reporting through the findings; returns whether nothing was found.
using DeviceCheck = std::function<bool(const DeviceRef&, const Subject&, Findings&)>;

/// Runs the check on every device of the evidence; a document without devices is `missing`.
void check_devices(const Evidence& evidence, Findings& findings, const DeviceCheck& check);

/// The fact, or a `missing` finding that names it.
template <class T>
const T* present(const std::optional<T>& fact, const char* what, const Subject& subject,
                 Findings& findings) {
  if (fact) return &*fact;
  findings.not_evaluated("missing", std::string(what) + " is not known", subject);
  return nullptr;
}

}  // namespace assay
