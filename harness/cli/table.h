// Rows of text in aligned columns.
#pragma once

#include <string>
#include <vector>

namespace assay::cli {

/// Columns two spaces apart, each as wide as its widest cell; lines end without blanks. A row with
/// fewer cells than the others lets its last cell run on.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace assay::cli
