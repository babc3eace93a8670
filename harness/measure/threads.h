// Starts threads: all of a set or none, with one line that names the limits if one cannot be
// started.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "harness/core/error.h"

namespace assay {

/// `cannot start thread 2 of 2 for <purpose>: …` with what limits threads here: the control group
/// with the least room for one (read below `root`) and `ulimit -u`.
Error thread_not_started(const std::string& purpose, int number, int count,
                         const std::filesystem::path& root = "/");

/// Starts one of `count` threads that serve one purpose. Throws thread_not_started().
std::thread start_thread(std::function<void()> body, const std::string& purpose, int number = 1,
                         int count = 1);

/// Calls work(0), on this thread, to work(count - 1), and returns when all have ended. No call
/// begins before all threads have started. If one cannot be started, nothing is called and
/// thread_not_started() is thrown. An exception of `work` is rethrown after all have ended, that of
/// the lowest index first.
void run_on_threads(int count, const std::string& purpose, const std::function<void(int)>& work);

/// Throws thread_not_started() unless `count` threads, this one among them, can exist at once. For
/// libraries that start threads by themselves and do not survive a refusal.
void require_threads(int count, const std::string& purpose);

}  // namespace assay
