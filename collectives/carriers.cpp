// Carriers travel as lines; what they are together is a union, in which a fallback stays visible.
#include "collectives/carriers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "collectives/agree.h"

namespace assay {

namespace {

using Words = std::vector<std::string>;

Words split(const std::string& text, char at) {
  Words words;
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, at);) words.push_back(word);
  return words;
}

/// NICs stand last: a line that is too long loses some of them and nothing else.
std::string line_of(const Carrier& carrier) {
  return fmt::format("{}\t{}\t{}\t{}\t{}", carrier.algorithm, carrier.protocol, carrier.kind,
                     carrier.channels, fmt::join(carrier.nics, ","));
}

Carrier carrier_of(const std::string& line) {
  Words words = split(line, '\t');
  words.resize(5);
  return {words[0], words[1], words[2], std::atoi(words[3].c_str()), split(words[4], ','), "", {}};
}

/// A line of their own, since they are long: what is cut off is the last of the warnings.
std::string complaints_of(const Carrier& carrier) {
  return fmt::format("{}\t{}", carrier.degraded, fmt::join(carrier.warnings, "\t"));
}

void take_complaints(const std::string& line, Carrier& to) {
  Words words = split(line, '\t');
  if (words.empty()) return;
  to.degraded = words.front();
  for (std::size_t i = 1; i < words.size(); ++i)
    if (!words[i].empty()) to.warnings.push_back(words[i]);
}

template <class T>
void take_first(T& known, const T& other) {
  if (known == T()) known = other;
}

}  // namespace

std::vector<Carrier> carriers_of_all(Communicator& communicator, const Carrier& mine) {
  std::vector<Carrier> carriers;
  for (const std::string& line : lines_of_all(communicator, line_of(mine)))
    carriers.push_back(carrier_of(line));
  const Words complaints = lines_of_all(communicator, complaints_of(mine));
  for (std::size_t i = 0; i < complaints.size(); ++i) take_complaints(complaints[i], carriers[i]);
  return carriers;
}

Carrier joined(const std::vector<Carrier>& carriers) {
  constexpr const char* kUnknown = "unknown";
  Carrier whole;
  std::set<std::string> kinds, nics, warnings;
  for (const Carrier& carrier : carriers) {
    take_first(whole.algorithm, carrier.algorithm);
    take_first(whole.protocol, carrier.protocol);
    take_first(whole.channels, carrier.channels);
    take_first(whole.degraded, carrier.degraded);
    warnings.insert(carrier.warnings.begin(), carrier.warnings.end());
    for (const std::string& part : split(carrier.kind, '+')) kinds.insert(part);
    if (carrier.kind.empty()) kinds.insert(kUnknown);
    nics.insert(carrier.nics.begin(), carrier.nics.end());
  }
  whole.kind = kinds.contains(kUnknown) ? kUnknown : fmt::format("{}", fmt::join(kinds, "+"));
  whole.nics.assign(nics.begin(), nics.end());
  whole.warnings.assign(warnings.begin(), warnings.end());
  return whole;
}

Transport transport_of(const std::vector<Carrier>& carriers, const Words& members) {
  const Carrier whole = joined(carriers);
  Transport transport{whole.algorithm, whole.protocol, whole.kind, {}, whole.nics, {},
                      whole.degraded,  whole.warnings};
  if (whole.channels > 0) transport.channels = whole.channels;
  const auto differs = [&](const Carrier& one) { return one.kind != carriers.front().kind; };
  if (std::none_of(carriers.begin(), carriers.end(), differs)) return transport;
  for (std::size_t i = 0; i < carriers.size(); ++i)
    transport.members.push_back({members.at(i), joined({carriers[i]}).kind});
  return transport;
}

}  // namespace assay
