// The one check that no document leaves us with a number that JSON does not have.
#include "harness/core/json_value.h"

#include <cmath>

#include "harness/core/message.h"

namespace assay {

namespace {

bool find_not_finite(const Json& value, std::string& pointer) {
  const std::size_t length = pointer.size();
  if (value.is_number_float()) return !std::isfinite(value.get<double>());
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      pointer += '/' + key;
      if (find_not_finite(member, pointer)) return true;
      pointer.resize(length);
    }
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      pointer += '/' + std::to_string(i);
      if (find_not_finite(value[i], pointer)) return true;
      pointer.resize(length);
    }
  }
  return false;
}

}  // namespace

void require_finite(const Json& document, const std::string& what) {
  std::string pointer;
  if (find_not_finite(document, pointer)) {
    throw Error(what + ": " + pointer +
                " is not a finite number, and JSON has no other: leave the field out or mark the "
                "measurement as an error");
  }
}

std::string shown(const Json& value) {
  if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
  if (value.is_primitive()) return value.dump();
  return value.is_array() ? "an array" : "an object";
}

}  // namespace assay
