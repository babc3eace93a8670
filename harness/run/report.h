// The worker's side of a run's channel: what it measured, and what it asks the supervisor to do.
#pragma once

#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/run/channel.h"
#include "harness/run/documents.h"
#include "harness/run/shared_page.h"
#include "harness/run/sink.h"

namespace assay::run {

/// Every call returns when the supervisor has done it, so that nothing is written to a disk while
/// something is measured; what went wrong there is thrown here as Error.
class Report final : public Sink {
 public:
  Report(Channel channel, Shared& shared);
  ~Report() override;
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// What goes on before the first group; empty: nothing that has a name.
  void phase(const std::string& what);
  /// One run a device: throws Error with the holder's PID.
  void lock(const std::vector<std::string>& devices);
  /// What is known of the run and the machine, for a document that is written later.
  void describe(const Result& node);
  void write(const Result& node);
  void begin_between_ranks(const FabricFacts& fabric, const IsolationFacts& isolation);
  void under_way(const Step& step) override;
  void at_case(std::size_t number) noexcept override;
  void member_ended(const Measurement& measurement) override;
  void measured(Part part, const std::vector<Measurement>& measurements) override;

  /// As Documents::end, name_others and keep_others.
  DocumentHashes end(RunStatus status);
  void name_others(const std::vector<NamedDocument>& all);
  void keep_others(const std::vector<NamedDocument>& all, const std::vector<std::string>& texts);
  void fail(const Result& node, const std::string& reason) noexcept;

  void finished(bool whole, bool is_first);
  /// The device is lost to this process, in the case that is under way.
  void spent(const std::string& reason) noexcept;
  void broken(const std::string& message, ExitCode code) noexcept;

 private:
  Json ask(const Json& message);

  Channel channel_;
  Shared& shared_;
  bool is_answered_ = true;  // false once an answer did not come in time: none is waited for then
};

}  // namespace assay::run
