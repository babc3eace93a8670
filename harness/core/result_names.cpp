// The words that a result document uses for its enumerations.
#include "harness/core/error.h"
#include "harness/core/message.h"
#include "harness/core/result.h"

namespace assay {

const char* name(RunStatus status) {
  switch (status) {
    case RunStatus::running:
      return "running";
    case RunStatus::complete:
      return "complete";
    case RunStatus::interrupted:
      return "interrupted";
    case RunStatus::error:
      return "error";
  }
  throw Error("a run status outside its enumeration");
}

const char* name(Series series) {
  switch (series) {
    case Series::cold:
      return "cold";
    case Series::hot:
      return "hot";
    case Series::graph:
      return "graph";
  }
  throw Error("a series outside its enumeration");
}

const char* name(MeasurementStatus status) {
  switch (status) {
    case MeasurementStatus::measured:
      return "measured";
    case MeasurementStatus::failed_verification:
      return "failed_verification";
    case MeasurementStatus::not_applicable:
      return "not_applicable";
    case MeasurementStatus::error:
      return "error";
  }
  throw Error("a measurement status outside its enumeration");
}

Series series_from_name(const std::string& text) {
  for (const Series series : {Series::cold, Series::hot, Series::graph}) {
    if (text == name(series)) return series;
  }
  throw Error("series " + in_quotes(text) + " is none of cold, hot, graph");
}

}  // namespace assay
