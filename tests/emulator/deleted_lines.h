// Whether the deletion tests delete all that a trial calls.
#pragma once

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "kernels/emulator/emulator.h"

namespace assay::emulator {

/// The lines that call what the deletion test deletes, whatever instance of a template they are in.
inline std::set<std::string> lines_of(const Trial& trial) {
  std::set<std::string> lines;
  for (const Site& site : sites_of(trial)) lines.insert(site.text());
  return lines;
}

inline std::set<std::string> lines_of(const std::vector<Trial>& trials) {
  std::set<std::string> lines;
  for (const Trial& one : trials) lines.merge(lines_of(one));
  return lines;
}

/// The trial calls nothing but these lines.
inline void check_deleted(const std::string& name, const Trial& trial,
                          const std::set<std::string>& deleted) {
  for (const std::string& line : lines_of(trial))
    CHECK_MESSAGE(deleted.count(line) == 1, name << ": nobody deletes " << line);
}

}  // namespace assay::emulator
