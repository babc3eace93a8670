// One self-contained HTML file: the page's template with the data that it draws.
#pragma once

#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// What every page begins with.
inline constexpr std::string_view kPageBeginning =
    "<!doctype html>\n<!-- A page of assay: it loads nothing. -->";

/// `data` is what web/src/data.ts describes. Nothing in it can end the element that holds it, and
/// the page's content security policy runs no script but its own.
std::string html_page(const Json& data);

}  // namespace assay
