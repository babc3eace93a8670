// The value of a part of a CEL expression for one device.
#pragma once

#include <string>
#include <vector>

namespace assay::cluster::cel {

struct Value {
  enum class Is {
    error,    // CEL's: no such key, or no such overload
    unknown,  // beyond what is evaluated here
    absent,   // an optional without a value
    boolean,  // number is 0 or 1
    number,   // of an integer or a double
    text,
    version,   // text: 1.2.3
    quantity,  // number: of bytes, or of what else it counts
    list,
    device,
    attributes,  // of every domain
    capacities,
    attributes_of,  // the domain in text
    capacities_of
  };
  Is is = Is::unknown;
  double number = 0;
  std::string text = {};
  std::vector<Value> list = {};
};

inline Value error() { return {Value::Is::error}; }
inline Value unknown() { return {}; }
inline Value boolean(bool value) { return {Value::Is::boolean, value ? 1.0 : 0.0}; }
inline Value number(double value) { return {Value::Is::number, value}; }
inline Value text(std::string value) { return {Value::Is::text, 0, std::move(value)}; }

inline bool is_true(const Value& value) { return value.is == Value::Is::boolean && value.number; }
inline bool is_false(const Value& value) { return value.is == Value::Is::boolean && !value.number; }

/// Of a quantity of Kubernetes, such as 80Gi or 1500m; an error for any other text.
Value quantity(const std::string& text);
/// Its number, or 0.
double amount_of(const std::string& text);
/// `op` is one of == != < <= > >= in.
Value compare(const Value& left, const std::string& op, const Value& right);
/// Less than 0, 0 or more than 0 as a number; an error for values of two types.
Value order(const Value& left, const Value& right);

}  // namespace assay::cluster::cel
