// The only file that writes to a stream of the process.
#include "harness/core/print.h"

#include "harness/core/plain_text.h"

namespace assay {

void print(std::FILE* stream, std::string_view text) { print_rendered(stream, plain_text(text)); }

void print(std::string_view text) { print(stdout, text); }

void print_rendered(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace assay
