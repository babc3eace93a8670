// What an action says when it refuses.
#pragma once

#include <string>

#include "harness/core/error.h"

namespace assay::test {

/// The message of the Error that `action` throws; empty when it throws none.
template <class Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace assay::test
