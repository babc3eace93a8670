// UTF-16 by its mark or by a first character of ASCII, compressed files by their magic numbers.
#include "harness/core/encoding.h"

namespace assay {

std::string_view other_encoding(std::string_view text) {
  const bool is_marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const bool is_wide = text.size() > 1 && (text[0] == '\0') != (text[1] == '\0');
  if (is_marked || is_wide)
    return "it is UTF-16, as PowerShell writes: make it UTF-8, e.g. with iconv -f UTF-16 -t UTF-8";
  if (text.starts_with("\x1F\x8B")) return "it is compressed: unpack it first, with gunzip";
  if (text.starts_with("\x28\xB5\x2F\xFD")) return "it is compressed: unpack it first, with unzstd";
  return "";
}

}  // namespace assay
