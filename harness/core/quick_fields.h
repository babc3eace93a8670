// Reads structs from simdjson's documents by their lists of fields; harness/core/fields.h describes
// the lists.
//
// A value is read over whatever it held, and what is absent is emptied: a fleet's documents are
// alike, and reading one into the place of another allocates next to nothing.
#pragma once

#include <simdjson.h>

#include <boost/container/small_vector.hpp>
#include <concepts>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/fields.h"
#include "harness/core/quick_schema.h"

namespace assay::quick {

using Element = simdjson::dom::element;

/// The same tree as the strict parser's, of a value in which names are unique.
void read_json(const Element& from, Json& value);
/// Of an object, these members alone.
void read_json(const Element& from, Json& value, std::span<const std::string_view> members);
/// Whether `value` is the shape as an object of integers and flags.
bool repeats(const Shape& expected, const Element& value);

/// What is read of the fields that are free JSON: of `field` only `members`, of others everything.
struct Selection {
  std::string_view field;
  std::span<const std::string_view> members;
};

template <class T>
void read_value(const Element& from, T& value, const Selection& selection);

/// Throws Unusual where the strict FieldReader throws Error.
class Fields {
 public:
  Fields(const Element& value, const Selection& selection) : selection_(selection) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) throw Unusual();
    members_.reserve(object.size());
    for (const auto& [key, member] : object) members_.push_back({key, member});
  }

  template <class T>
  void operator()(const char* key, T& value) {
    read_value(required(key), value, selection_);
  }
  template <class T>
  void operator()(const char* key, std::optional<T>& value) {
    if (const Element* found = find(key))
      read_value(*found, value ? *value : value.emplace(), selection_);
    else
      value.reset();
  }
  template <class T>
  void or_absent(const char* key, T& value) {
    if (const Element* found = find(key))
      read_value(*found, value, selection_);
    else
      value = T();
  }
  void or_absent(const char* key, Json& value) {
    const Element* found = find(key);
    if (found == nullptr) {
      value = Json::object();
      return;
    }
    if (!names_are_unique(*found)) throw Unusual();
    if (key == selection_.field)
      read_json(*found, value, selection_.members);
    else
      read_json(*found, value);
  }
  template <class T>
  void or_default(const char* key, T& value) {
    or_absent(key, value);
  }
  void constant(const char* key, const char*) { find(key); }
  template <class List>
  void group(const char* key, const List& list) {
    Fields fields(required(key), selection_);
    list(fields);
    fields.require_all_found();
  }
  void repeats(const char* key, const std::string& value, const CaseId&) {
    std::string_view text;
    if (required(key).get(text) != simdjson::SUCCESS || text != value) throw Unusual();
  }
  void repeats(const char* key, const Shape& value, const CaseId&) {
    if (!quick::repeats(value, required(key))) throw Unusual();
  }

  /// A name that stands twice is found once.
  void require_all_found() const {
    if (found_ != members_.size()) throw Unusual();
  }

 private:
  struct Member {
    std::string_view key;
    Element value;
  };

  /// Our writer keeps the order of the lists: the next field is mostly the next member.
  const Element* find(std::string_view key) {
    for (std::size_t step = 0; step < members_.size(); ++step) {
      const std::size_t at =
          next_ + step < members_.size() ? next_ + step : next_ + step - members_.size();
      if (members_[at].key != key) continue;
      next_ = at + 1;
      ++found_;
      return &members_[at].value;
    }
    return nullptr;
  }
  const Element& required(std::string_view key) {
    if (const Element* found = find(key)) return *found;
    throw Unusual();
  }

  boost::container::small_vector<Member, 24> members_;  // objects with more are rare
  std::size_t next_ = 0, found_ = 0;
  const Selection& selection_;
};

template <class T>
T number_of(const Element& from) {
  switch (from.type()) {
    case simdjson::dom::element_type::INT64:
      return static_cast<T>(from.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64:
      return static_cast<T>(from.get_uint64().value_unsafe());
    case simdjson::dom::element_type::DOUBLE:  // its schema has bounds that T can hold
      return static_cast<T>(from.get_double().value_unsafe());
    default:
      throw Unusual();
  }
}

inline std::string_view text_of(const Element& from) {
  std::string_view text;
  if (from.get(text) != simdjson::SUCCESS) throw Unusual();
  return text;
}

template <class T>
T from_word(std::string_view text) {
  for (const Word<T>& word : words_of(T()))
    if (text == word.text) return word.value;
  throw Unusual();
}

template <class T>
void read_value(const Element& from, T& value, const Selection& selection) {
  if constexpr (std::same_as<T, bool>) {
    if (from.get(value) != simdjson::SUCCESS) throw Unusual();
  } else if constexpr (std::integral<T> || std::floating_point<T>) {
    value = number_of<T>(from);
  } else if constexpr (std::same_as<T, std::string>) {
    value = text_of(from);
  } else if constexpr (std::same_as<T, Json>) {
    if (!names_are_unique(from)) throw Unusual();
    read_json(from, value);
  } else if constexpr (std::same_as<T, Shape> || std::same_as<T, CaseId>) {
    const std::string_view text = text_of(from);
    if (value.str() != text) value = T::parse(text);  // mostly it is that of the document before
  } else if constexpr (Listed<T>) {
    Fields fields(from, selection);
    visit_fields(fields, value);
    fields.require_all_found();
    if constexpr (requires { require_sound(value); }) require_sound(value);
  } else if constexpr (kIsVector<T>) {
    simdjson::dom::array array;
    if (from.get(array) != simdjson::SUCCESS) throw Unusual();
    value.reserve(array.size());
    std::size_t count = 0;
    for (const Element& element : array) {
      if (count == value.size()) value.emplace_back();
      read_value(element, value[count++], selection);
    }
    value.resize(count);
  } else if constexpr (kIsMap<T>) {
    simdjson::dom::object object;
    if (from.get(object) != simdjson::SUCCESS) throw Unusual();
    auto known = value.begin();  // for as long as the names agree
    for (const auto& [key, element] : object) {
      if (known != value.end() && known->first == key) {
        read_value(element, (known++)->second, selection);
        continue;
      }
      known = value.erase(known, value.end());
      const auto place = value.try_emplace(known, std::string(key));  // written in the map's order
      read_value(element, place->second, selection);
    }
    value.erase(known, value.end());
    if (value.size() != object.size()) throw Unusual();  // a name stands twice
  } else {
    value = from_word<T>(text_of(from));
  }
}

}  // namespace assay::quick
