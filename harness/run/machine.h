// The steps that a run of one process and a run of many ranks share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cli/arguments.h"
#include "harness/run/document.h"
#include "harness/cli/stop_signal.h"
#include "harness/core/error.h"
#include "harness/core/profile.h"
#include "harness/measure/device.h"
#include "harness/measure/group_run.h"

namespace assay::cli {

using Devices = std::vector<std::unique_ptr<Device>>;

/// An empty document of this run, not yet of any backend.
Result new_result(const Profile& profile, const Arguments& arguments);

/// The backend asked for, recorded in the document; throws Error where it does not work or the
/// profile is not for it.
Backend choose(RunDocument& document, const Profile& profile, const std::string& asked);

/// This node and its software, into the document.
void record_machine(Result& result, Backend backend, const Devices& devices);

/// Measures every group; the document is whole on disk after each. Returns false when stopped.
bool measure(RunDocument& document, std::vector<Group> groups, const SamplingRule& rule,
             const StopSignals& signals);

/// The exit code says whether every answer was right; how fast they came is for `check`.
ExitCode outcome(const Result& result);

/// The command that judges what is at `path`; a built-in profile is found by the document's name.
std::string check_line(const std::string& path, const std::string& profile);

/// Where in our source a run broke, for the document; a user's screen has the message alone.
std::string with_location(const Error& error);

/// Runs `step`; what it throws is also left in the document as `status: error`.
template <class Step>
auto or_fail(RunDocument& document, const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    if (error.code() == ExitCode::broken) document.fail(with_location(error));
    throw;
  } catch (const std::exception& error) {
    document.fail(error.what());
    throw;
  }
}

}  // namespace assay::cli
