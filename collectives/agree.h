// What ranks tell each other beside the data: short words and numbers, through the communicator.
#pragma once

#include <string>
#include <vector>

#include "collectives/communicator.h"

namespace assay {

/// Every rank's line in rank order, the same on all; a line is cut at 400 bytes.
std::vector<std::string> lines_of_all(Communicator& communicator, const std::string& mine);

/// Every rank's numbers, rank after rank; each says as many.
std::vector<double> numbers_of_all(Communicator& communicator, const std::vector<double>& mine);

/// Runs `step` on every rank. Where it throws on any, it throws on all, naming the ranks: nobody
/// goes on alone. LostPeer passes as it is.
template <class Step>
void together(Communicator& communicator, const Step& step);

/// The first rank that has something to say, with what it says; empty when none has.
std::string first_complaint(const std::vector<std::string>& lines);

template <class Step>
void together(Communicator& communicator, const Step& step) {
  std::string complaint;
  try {
    step();
  } catch (const LostPeer&) {
    throw;
  } catch (const std::exception& error) {
    complaint = error.what();
    if (complaint.empty()) complaint = "an error that has no text";
  }
  const std::string first = first_complaint(lines_of_all(communicator, complaint));
  if (!first.empty()) throw Error(first);
}

}  // namespace assay
