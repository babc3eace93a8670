// The words that a result document uses for its enumerations.
#include "harness/core/result.h"
#include "harness/core/words.h"

namespace assay {

std::span<const Word<RunStatus>> words_of(RunStatus) {
  static constexpr Word<RunStatus> kWords[] = {{RunStatus::running, "running"},
                                               {RunStatus::complete, "complete"},
                                               {RunStatus::interrupted, "interrupted"},
                                               {RunStatus::error, "error"}};
  return kWords;
}

std::span<const Word<Series>> words_of(Series) {
  static constexpr Word<Series> kWords[] = {
      {Series::cold, "cold"}, {Series::hot, "hot"}, {Series::graph, "graph"}};
  return kWords;
}

std::span<const Word<MeasurementStatus>> words_of(MeasurementStatus) {
  using Status = MeasurementStatus;
  static constexpr Word<Status> kWords[] = {{Status::measured, "measured"},
                                            {Status::failed_verification, "failed_verification"},
                                            {Status::not_applicable, "not_applicable"},
                                            {Status::error, "error"},
                                            {Status::reported, "reported"}};
  return kWords;
}

std::span<const Word<Verification::Status>> words_of(Verification::Status) {
  using Status = Verification::Status;
  static constexpr Word<Status> kWords[] = {{Status::exact, "exact"},
                                            {Status::within_tolerance, "within_tolerance"},
                                            {Status::failed, "failed"}};
  return kWords;
}

const char* name(RunStatus status) { return word_of(status); }
const char* name(Series series) { return word_of(series); }
const char* name(MeasurementStatus status) { return word_of(status); }

}  // namespace assay
