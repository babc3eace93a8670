// Asks the system whether a stream is a terminal, and the environment whether it wants colour.
#include "harness/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "harness/core/plain_text.h"

namespace assay::cli {

bool is_terminal(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return isatty(fileno(stream)) && (!kind || std::string_view(kind) != "dumb");
}

bool wants_colour(std::FILE* stream) {
  const char* refused = std::getenv("NO_COLOR");
  return is_terminal(stream) && (!refused || !*refused);
}

std::size_t line_columns(std::FILE* stream) {
  winsize size{};
  const bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kPipeColumns;
}

}  // namespace assay::cli
