// What the headers of the records share (CMakeLists.txt), with less of the JSON library left to
// every one of them.
//
// That library's header defines the literal "..."_json, for which each file that reads it
// instantiates a parser. Here the literal is declared alone: its body becomes that of a template
// which nobody instantiates. What it converts to and from paths and ranges is left out too.
#pragma once

#define JSON_HAS_FILESYSTEM 0
#define JSON_HAS_RANGES 0

#define _json(text, size)    \
  _json(text, size);         \
  template <class Character> \
  nlohmann::json parsed_literal(const Character* s, std::size_t n)
#include <nlohmann/json.hpp>
#undef _json

#include "harness/core/result.h"
