// Comparisons as CEL has them: values of two types are unequal and have no order.
#include "harness/cluster/cel_value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "harness/core/regular_expression.h"

namespace assay::cluster::cel {

namespace {

using Is = Value::Is;

bool is_unknown(const Value& value) {
  return value.is == Is::unknown || std::any_of(value.list.begin(), value.list.end(), is_unknown);
}

/// The three numbers of a version without a pre-release, by which alone order is certain.
std::vector<std::string> numbers_of(const std::string& version) {
  static const RegularExpression kVersion(R"(([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(\+.*)?)");
  if (!kVersion.is_all_of(version)) return {};
  return kVersion.groups_in(version);
}

Value order_of_versions(const std::string& left, const std::string& right) {
  const std::vector<std::string> a = numbers_of(left), b = numbers_of(right);
  if (a.empty() || b.empty()) return left == right ? number(0) : unknown();
  for (std::size_t i = 1; i <= 3; ++i)
    if (const double difference = std::atof(a[i].c_str()) - std::atof(b[i].c_str());
        difference != 0)
      return number(difference < 0 ? -1 : 1);
  return number(0);
}

Value is_in(const Value& left, const Value& right) {
  if (right.is != Is::list) return unknown();
  for (const Value& one : right.list)
    if (is_true(compare(left, "==", one))) return boolean(true);
  return is_unknown(right) ? unknown() : boolean(false);
}

}  // namespace

Value quantity(const std::string& text) {
  static const RegularExpression kQuantity(
      R"(([+-]?[0-9.]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?)");
  if (!kQuantity.is_all_of(text)) return error();
  const std::vector<std::string> parts = kQuantity.groups_in(text);
  const std::string& unit = parts[2];
  double value = std::strtod(parts[1].c_str(), nullptr);
  constexpr std::string_view kBinary = "KMGTPE", kDecimal = "kMGTPE", kSmall = "mun";
  if (unit.size() == 2 && unit[1] == 'i')
    value *= std::pow(1024, static_cast<double>(kBinary.find(unit[0]) + 1));
  else if (unit.size() > 1)
    value = std::strtod(text.c_str(), nullptr);
  else if (!unit.empty() && kSmall.find(unit[0]) != std::string_view::npos)
    value /= std::pow(1000, static_cast<double>(kSmall.find(unit[0]) + 1));
  else if (!unit.empty())
    value *= std::pow(1000, static_cast<double>(kDecimal.find(unit[0]) + 1));
  return {Is::quantity, value};
}

double amount_of(const std::string& text) {
  const Value value = quantity(text);
  return value.is == Is::quantity ? value.number : 0;
}

Value order(const Value& left, const Value& right) {
  for (const Is kind : {Is::error, Is::unknown})
    if (left.is == kind || right.is == kind) return {kind};
  if (left.is != right.is) return error();
  if (left.is == Is::version) return order_of_versions(left.text, right.text);
  if (left.is == Is::text) return number(left.text.compare(right.text));
  if (left.is == Is::number || left.is == Is::quantity || left.is == Is::boolean)
    return number(left.number < right.number ? -1 : left.number > right.number ? 1 : 0);
  return unknown();
}

Value compare(const Value& left, const std::string& op, const Value& right) {
  for (const Is kind : {Is::error, Is::unknown})
    if (left.is == kind || right.is == kind) return {kind};
  if (op == "in") return is_in(left, right);
  const bool asks_equality = op == "==" || op == "!=";
  if (asks_equality && left.is != right.is) {
    const bool plain = left.is >= Is::boolean && left.is <= Is::text && right.is >= Is::boolean &&
                       right.is <= Is::text;
    return plain ? boolean(op == "!=") : unknown();
  }
  // Versions and quantities are compared by methods; a list has no order.
  if (!asks_equality && (left.is == Is::version || left.is == Is::quantity)) return error();
  const Value by = order(left, right);
  if (by.is != Is::number) return by;
  if (op == "==") return boolean(by.number == 0);
  if (op == "!=") return boolean(by.number != 0);
  if (op == "<") return boolean(by.number < 0);
  if (op == "<=") return boolean(by.number <= 0);
  return boolean(op == ">" ? by.number > 0 : by.number >= 0);
}

}  // namespace assay::cluster::cel
