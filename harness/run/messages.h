// The words of a run's channel, for both of its ends.
#pragma once

#include <string>

#include "harness/core/result_fields.h"
#include "harness/run/sink.h"

namespace assay::run {

/// The first field of every message of the worker. Each is answered with an object: what was asked
/// for, or `error` and `code`.
inline constexpr const char* kVerb = "do";

/// What documents have too is as documents have it.
template <class T>
T read_from(const Json& message) {
  T value;
  read_value(message, value, Place());
  return value;
}

inline Json written_step(const Step& step) {
  return {{"done", step.done},           {"total", step.total},
          {"name", step.name},           {"worst_s", step.worst_s},
          {"silence_s", step.silence_s}, {"planned", written(step.planned)}};
}

inline Step step_from(const Json& message) {
  return {message.at("done").get<std::size_t>(),
          message.at("total").get<std::size_t>(),
          message.at("name").get<std::string>(),
          message.at("worst_s").get<double>(),
          message.at("silence_s").get<double>(),
          read_from<std::vector<Measurement>>(message.at("planned"))};
}

}  // namespace assay::run
