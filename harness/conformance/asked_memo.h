// What a profile asks of the machines of a fleet, which are mostly alike: expanded once for each
// kind.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "harness/conformance/requirement.h"
#include "harness/core/asked_cases.h"

namespace assay {

/// Of one profile, and of groups of ranks whatever their number.
class AskedMemo {
 public:
  /// Stays where it is. An empty capability: not known.
  const std::vector<AskedGroup>& of(const Profile& profile, const std::string& backend, int devices,
                                    const std::string& capability = {}) {
    const auto [known, is_new] = groups_.try_emplace({backend, devices, capability});
    if (is_new) known->second = asked_cases(profile, {backend, devices, {kAnyRanks}, capability});
    return known->second;
  }

 private:
  std::map<std::tuple<std::string, int, std::string>, std::vector<AskedGroup>> groups_;
};

/// The evidence's own, or one for a single question.
inline std::shared_ptr<AskedMemo> asked_memo(const Evidence& evidence) {
  return evidence.asked ? evidence.asked : std::make_shared<AskedMemo>();
}

}  // namespace assay
