// Lines are sent in cells of one size, so that no rank needs to know another's length in advance.
#include "collectives/agree.h"

#include <cstring>

namespace assay {

std::vector<std::string> lines_of_all(Communicator& communicator, const std::string& mine) {
  constexpr std::size_t kCell = 401;  // and the end
  std::vector<std::byte> cell(kCell), cells(kCell * static_cast<std::size_t>(communicator.size()));
  std::memcpy(cell.data(), mine.data(), std::min(mine.size(), kCell - 1));
  communicator.all_gather_host(cell, cells);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < cells.size(); at += kCell)
    lines.emplace_back(reinterpret_cast<const char*>(cells.data() + at));
  return lines;
}

std::vector<double> numbers_of_all(Communicator& communicator, const std::vector<double>& mine) {
  std::vector<double> all(mine.size() * static_cast<std::size_t>(communicator.size()));
  communicator.all_gather_host(std::as_bytes(std::span(mine)),
                               std::as_writable_bytes(std::span(all)));
  return all;
}

std::string first_complaint(const std::vector<std::string>& lines) {
  for (std::size_t rank = 0; rank < lines.size(); ++rank)
    if (!lines[rank].empty()) return "rank " + std::to_string(rank) + ": " + lines[rank];
  return "";
}

}  // namespace assay
