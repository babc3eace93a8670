// Fields of an object of the API, most of which are optional, and the items of a list.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "harness/cluster/objects.h"
#include "harness/core/document.h"
#include "harness/core/error.h"

namespace assay::cluster {

/// The value at a path, or null: most fields of the API are optional.
inline const Json& at(const Json& json, std::initializer_list<const char*> path) {
  static const Json kNothing;
  const Json* value = &json;
  for (const char* key : path) {
    const auto found = value->is_object() ? value->find(key) : value->end();
    if (!value->is_object() || found == value->end()) return kNothing;
    value = &*found;
  }
  return *value;
}

inline std::string text(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : value.dump();
}

inline long number(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  return value.is_number_integer() ? value.get<long>() : 0;
}

inline bool truth(const Json& json, std::initializer_list<const char*> path) {
  const Json& value = at(json, path);
  return value.is_boolean() && value.get<bool>();
}

inline Texts texts(const Json& json) {
  Texts found;
  if (json.is_object())
    for (const auto& [key, value] : json.items())
      found[key] = value.is_string() ? value.get<std::string>() : value.dump();
  return found;
}

inline std::vector<std::string> strings(const Json& list) {
  std::vector<std::string> found;
  for (const Json& one : list) found.push_back(one);
  return found;
}

inline std::vector<std::string> selectors_of(const Json& spec) {
  std::vector<std::string> expressions;
  for (const Json& one : at(spec, {"selectors"}))
    expressions.push_back(text(one, {"cel", "expression"}));
  return expressions;
}

inline Conditions conditions(const Json& object) {
  Conditions found;
  for (const Json& one : at(object, {"status", "conditions"}))
    found.push_back({text(one, {"type"}), text(one, {"status"}), text(one, {"reason"}),
                     text(one, {"message"})});
  return found;
}

inline const Json& items_of(const Json& list) {
  return list.contains("items") ? list["items"] : list;
}

/// `key=value:effect` of a taint of a node or a device.
inline std::string taint_of(const Json& taint) {
  return fmt::format("{}={}:{}", text(taint, {"key"}), text(taint, {"value"}),
                     text(taint, {"effect"}));
}

/// Calls `read`; what the JSON library throws at an answer of another form becomes an Error.
template <class Read>
auto reading(const std::string& where, const Read& read) {
  try {
    return read();
  } catch (const Json::exception& problem) {
    throw Error(where + " has another form than expected: " + problem.what());
  }
}

/// Calls `take` for every item of a list.
template <class Take>
void each(const std::string& list, const char* what, const Take& take) {
  const std::string where = fmt::format("kubectl's answer about {}", what);
  if (list.find_first_not_of(" \t\r\n") == std::string::npos) return;
  const Json json = parse_json(list, where);
  reading(where, [&] {
    for (const Json& item : items_of(json)) take(item);
  });
}

}  // namespace assay::cluster
