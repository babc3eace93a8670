// Reads and writes the structs of a document, each by one list of its fields.
//
// The list is a function that is found by the struct's type:
//
//   void visit_fields(auto& field, Like<Link> auto& link) {
//     field("a", link.a);
//     field.or_absent("kind", link.kind);
//   }
//
// field(key, value)             required; a std::optional is absent when it has no value
// field.or_absent(key, value)   absent when the value is empty
// field.or_default(key, value)  always written; a document that lacks it leaves the default
// field.constant(key, text)     written; on reading it is checked before the fields are read
// field.group(key, list)        an object whose fields are members of the struct
// field.repeats(key, value, of) a part of the case id, for readers without a parser; must agree. A
//                               shape is written as an object.
//
// A struct whose fields must be consistent also has `void require_sound(const T&)`, which throws
// Error. It is called after the struct was read.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/core/json_value.h"
#include "harness/core/message.h"
#include "harness/core/place.h"
#include "harness/core/words.h"

namespace assay {

/// `Of` when reading, `const Of` when writing.
template <class T, class Of>
concept Like = std::same_as<std::remove_const_t<T>, Of>;

/// A value as JSON. A type whose JSON is neither an object of its fields nor a word overloads this
/// and `read_value`.
template <class T>
Json written(const T& value);

/// Throws Error that begins with the place if the value has another type or is inconsistent.
template <class T>
void read_value(const Json& json, T& value, const Place& place);
void read_value(const Json& json, bool& value, const Place& place);
void read_value(const Json& json, int& value, const Place& place);
void read_value(const Json& json, std::int64_t& value, const Place& place);
void read_value(const Json& json, std::uint64_t& value, const Place& place);
void read_value(const Json& json, double& value, const Place& place);
void read_value(const Json& json, std::string& value, const Place& place);
void read_value(const Json& json, Json& value, const Place& place);

/// Shapes and case ids are one string each.
Json written(const Shape& shape);
Json written(const CaseId& id);
void read_value(const Json& json, Shape& value, const Place& place);
void read_value(const Json& json, CaseId& value, const Place& place);
/// A shape as an object: `{"m": 512, "causal": true}`.
Json shape_as_fields(const Shape& shape);

void require_type(bool holds, const Json& json, const char* expected, const Place& place);

/// Calls `read`, and puts the place before the message of an exception.
template <class Read>
void at_place(const Place& place, const Read& read) {
  try {
    read();
  } catch (const Error& problem) {
    const std::string what = problem.what();
    throw Error(what.starts_with('/') ? place.pointer() + what : place.str() + ": " + what);
  }
}

class FieldWriter {
 public:
  explicit FieldWriter(Json& object) : object_(object) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    object_[key] = written(value);
  }
  template <class T>
  void operator()(const char* key, const std::optional<T>& value) {
    if (value) object_[key] = written(*value);
  }
  template <class T>
  void or_absent(const char* key, const T& value) {
    if (!value.empty()) object_[key] = written(value);
  }
  void or_absent(const char* key, bool value) {
    if (value) object_[key] = value;
  }
  template <class T>
  void or_default(const char* key, const T& value) {
    object_[key] = written(value);
  }
  void constant(const char* key, const char* text) { object_[key] = text; }
  template <class List>
  void group(const char* key, const List& list) {
    Json inner = Json::object();
    FieldWriter fields(inner);
    list(fields);
    object_[key] = std::move(inner);
  }
  template <class T>
  void repeats(const char* key, const T& value, const CaseId&) {
    object_[key] = written(value);
  }
  void repeats(const char* key, const Shape& value, const CaseId& of) {
    repeats(key, shape_as_fields(value), of);
  }

 private:
  Json& object_;
};

class FieldReader {
 public:
  /// Throws Error when `json` is not an object; so does reading a field that is missing or of
  /// another type.
  FieldReader(const Json& json, const Place& place);

  template <class T>
  void operator()(const char* key, T& value) {
    read_value(required(key), value, {&place_, key});
  }
  template <class T>
  void operator()(const char* key, std::optional<T>& value) {
    if (const Json* found = find(key)) read_value(*found, value.emplace(), {&place_, key});
  }
  template <class T>
  void or_absent(const char* key, T& value) {
    if (const Json* found = find(key)) read_value(*found, value, {&place_, key});
  }
  template <class T>
  void or_default(const char* key, T& value) {
    or_absent(key, value);
  }
  void constant(const char*, const char*) {}
  template <class List>
  void group(const char* key, const List& list) {
    const Place place{&place_, key};
    FieldReader fields(required(key), place);
    list(fields);
  }
  template <class T>
  void repeats(const char* key, const T& value, const CaseId& of) {
    // The order of an object's fields has no meaning.
    const Json& found = required(key);
    if (nlohmann::json(found) == nlohmann::json(written(value))) return;
    throw Error(fmt::format("{}: {} contradicts case {}", Place{&place_, key}.pointer(),
                            printable(found.dump(), 80), in_quotes(of.str(), 120)));
  }
  void repeats(const char* key, const Shape& value, const CaseId& of) {
    repeats(key, shape_as_fields(value), of);
  }

 private:
  const Json* find(const char* key) const;
  const Json& required(const char* key) const;

  const Json& object_;
  const Place& place_;
};

template <class T>
concept Listed = requires(FieldReader& fields, T& value) {
  visit_fields(fields, value);
};
template <class T>
concept Worded = requires(T value) {
  words_of(value);
};

template <class T>
constexpr bool kIsVector = false;
template <class T>
constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
constexpr bool kIsMap = false;
template <class T>
constexpr bool kIsMap<std::map<std::string, T>> = true;

template <class T>
Json written(const T& value) {
  if constexpr (Listed<T>) {
    Json object = Json::object();
    FieldWriter fields(object);
    visit_fields(fields, value);
    return object;
  } else if constexpr (kIsVector<T>) {
    Json array = Json::array();
    for (const auto& element : value) array.push_back(written(element));
    return array;
  } else if constexpr (kIsMap<T>) {
    Json object = Json::object();
    for (const auto& [key, element] : value) object[key] = written(element);
    return object;
  } else if constexpr (Worded<T>) {
    return word_of(value);
  } else {
    return value;
  }
}

template <class T>
void read_value(const Json& json, T& value, const Place& place) {
  if constexpr (Listed<T>) {
    FieldReader fields(json, place);
    visit_fields(fields, value);
    if constexpr (requires { require_sound(value); }) {
      at_place(place, [&] { require_sound(value); });
    }
  } else if constexpr (kIsVector<T>) {
    require_type(json.is_array(), json, "an array", place);
    value.clear();
    for (const Json& element : json) {
      const Place here{&place, {}, value.size()};
      read_value(element, value.emplace_back(), here);
    }
  } else if constexpr (kIsMap<T>) {
    require_type(json.is_object(), json, "an object", place);
    for (const auto& [key, element] : json.items()) {
      read_value(element, value[key], Place{&place, key});
    }
  } else {
    static_assert(Worded<T>, "no list of fields and no words for this type");
    std::string text;
    read_value(json, text, place);
    at_place(place, [&] { value = from_word<T>(text); });
  }
}

/// A whole document that its schema has accepted; throws Error that begins with `where`.
template <class Document>
Document read_document(const Json& json, const std::string& where) {
  Document document;
  try {
    read_value(json, document, Place());
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
  return document;
}

}  // namespace assay
