// `kubectl logs`, while the pod is still there.
#include "harness/cluster/last_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/core/message.h"
#include "harness/core/regular_expression.h"
#include "harness/core/version.h"

namespace assay::cluster {

namespace {

constexpr std::size_t kLongest = 600;

}  // namespace

std::string last_words(Kubectl& kubectl, const std::string& name_space, const Pod& pod) {
  std::string container = pod.ended_container.empty() ? pod.container : pod.ended_container;
  if (container.empty()) container = kOwnContainer;
  const Answer answer =
      kubectl.ask({{"logs", pod.name, "-n", name_space, "-c", container, "--tail=4"}});
  if (!answer.ok()) return fmt::format("(its log cannot be read: {})", reason_of(answer));
  std::string words;
  std::istringstream lines(answer.out);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) words += (words.empty() ? "" : " | ") + line;
  return words.empty() ? "(its log is empty)" : printable(words, kLongest);
}

bool refuses_command(const std::string& words) {
  // As the readers of the command line and of profiles say it.
  constexpr const char* kSigns[] = {"is not a command: there are", "; --help lists what there is",
                                    "' is not one of ", "was not expected: this command takes",
                                    "neither a built-in profile ("};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](const char* sign) { return words.find(sign) != std::string::npos; });
}

std::string image_advice(const std::string& words, const std::string& in_image) {
  static const RegularExpression kVersion(R"(^assay (\S+))");
  const std::vector<std::string> match = kVersion.groups_in(in_image);
  const char* what_to_do =
      "use an image of the same build, as containers/build makes it, or the assay of the image";
  if (!match.empty() && match[1] != version())
    return fmt::format("its image holds assay {} and this is assay {}: {}", match[1], version(),
                       what_to_do);
  if (!refuses_command(words)) return "";
  return fmt::format("its image holds another build of assay than this one ({}): {}", version(),
                     what_to_do);
}

}  // namespace assay::cluster
