// Reads the types that JSON has itself, and those that a document writes as one word.
#include "harness/core/fields.h"

namespace assay {

void require_type(bool holds, const Json& json, const char* expected, const Place& place) {
  if (holds) return;
  throw Error(fmt::format("{}: {} where {} was expected", place.str(), shown(json), expected));
}

void read_value(const Json& json, bool& value, const Place& place) {
  require_type(json.is_boolean(), json, "true or false", place);
  value = json.get<bool>();
}

void read_value(const Json& json, int& value, const Place& place) {
  require_type(json.is_number(), json, "an integer", place);
  value = json.get<int>();
}

void read_value(const Json& json, std::int64_t& value, const Place& place) {
  require_type(json.is_number(), json, "an integer", place);
  value = json.get<std::int64_t>();
}

/// Any unsigned 64-bit number, more than a double holds exactly; 5e3 is one too.
void read_value(const Json& json, std::uint64_t& value, const Place& place) {
  constexpr double kTooLarge = 18446744073709551616.0;  // 2^64
  const bool fits = json.is_number_unsigned() ||
                    (json.is_number() && json.get<double>() >= 0 && json.get<double>() < kTooLarge);
  require_type(fits, json, "an integer from 0 to 2^64 - 1", place);
  value = json.is_number_unsigned() ? json.get<std::uint64_t>()
                                    : static_cast<std::uint64_t>(json.get<double>());
}

void read_value(const Json& json, double& value, const Place& place) {
  require_type(json.is_number(), json, "a number", place);
  value = json.get<double>();
}

void read_value(const Json& json, std::string& value, const Place& place) {
  require_type(json.is_string(), json, "a string", place);
  value = json.get_ref<const std::string&>();
}

void read_value(const Json& json, Json& value, const Place&) { value = json; }

Json shape_as_fields(const Shape& shape) {
  Json json = Json::object();
  for (const Shape::Entry& entry : shape.entries()) {
    json[entry.key] = entry.value ? Json(*entry.value) : Json(true);
  }
  return json;
}

Json written(const Shape& shape) { return shape.str(); }
Json written(const CaseId& id) { return id.str(); }

namespace {

template <class Parsed>
void parse_word(const Json& json, Parsed& value, const Place& place) {
  std::string text;
  read_value(json, text, place);
  at_place(place, [&] { value = Parsed::parse(text); });
}

}  // namespace

void read_value(const Json& json, Shape& value, const Place& place) {
  parse_word(json, value, place);
}
void read_value(const Json& json, CaseId& value, const Place& place) {
  parse_word(json, value, place);
}

FieldReader::FieldReader(const Json& json, const Place& place) : object_(json), place_(place) {
  require_type(json.is_object(), json, "an object", place);
}

const Json* FieldReader::find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

const Json& FieldReader::required(const char* key) const {
  if (const Json* found = find(key)) return *found;
  throw Error(fmt::format("{}: missing field \"{}\"", place_.str(), key));
}

}  // namespace assay
