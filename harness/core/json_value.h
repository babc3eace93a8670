// Small helpers for the files that turn C++ into documents and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/result.h"

namespace assay {

/// Throws Error naming the first number that JSON cannot hold (NaN, infinity): `what: /pointer`.
void require_finite(const Json& document, const std::string& what);

/// A value in a message: short, on one line.
std::string shown(const Json& value);

/// A seed is any unsigned 64-bit number, more than a double holds exactly.
std::uint64_t seed_from_json(const Json& json);

template <class T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

template <class T>
void take(const Json& object, const char* key, T& value) {
  const auto found = object.find(key);
  if (found != object.end()) found->get_to(value);
}

template <class T>
void take(const Json& object, const char* key, std::optional<T>& value) {
  const auto found = object.find(key);
  if (found != object.end() && !found->is_null()) value = found->template get<T>();
}

/// The enumerator that `name()` writes as `text`; the schema has already refused all others.
template <class Enum>
Enum enum_from_name(const std::string& text, std::initializer_list<Enum> all) {
  for (const Enum value : all) {
    if (text == name(value)) return value;
  }
  throw Error("'" + text + "' is none of the words allowed here");
}

/// Calls `read`, and turns what the JSON library throws at a document that no schema has checked
/// into an Error that begins with `where`.
template <class Read>
auto reading(const std::string& where, const Read& read) {
  try {
    return read();
  } catch (const Json::exception& problem) {
    throw Error(where + ": not as its schema says: " + problem.what());
  }
}

}  // namespace assay
