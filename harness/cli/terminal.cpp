// Asks the system whether a stream is a terminal, and the environment whether it wants colour.
#include "harness/cli/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace assay::cli {

bool is_terminal(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return isatty(fileno(stream)) && (!kind || std::string_view(kind) != "dumb");
}

bool wants_colour(std::FILE* stream) {
  const char* refused = std::getenv("NO_COLOR");
  return is_terminal(stream) && (!refused || !*refused);
}

}  // namespace assay::cli
