// How a test says that this machine cannot run it: listed by ctest as not run, never as passed.
#pragma once

#include <string>

namespace assay::test {

/// Ends the current test as "not run", with what is missing. ctest lists it under its own heading.
[[noreturn]] void not_run(const std::string& reason);

}  // namespace assay::test
