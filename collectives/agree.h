// Short lines and numbers that ranks exchange through the communicator, besides the data.
#pragma once

#include <string>
#include <vector>

#include "collectives/communicator.h"

namespace assay {

/// Returns every rank's line in rank order, the same on all ranks. A line is cut at 400 bytes.
std::vector<std::string> lines_of_all(Communicator& communicator, const std::string& mine);

/// Returns every rank's numbers, concatenated in rank order. Every rank passes the same count.
std::vector<double> numbers_of_all(Communicator& communicator, const std::vector<double>& mine);

/// Runs `step` on every rank. If it throws on any rank, together() throws on all of them, naming
/// the rank, so that no rank continues alone. LostPeer is rethrown unchanged.
template <class Step>
void together(Communicator& communicator, const Step& step);

/// The first line that is not empty, with its rank; empty when all lines are.
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
