// A parser by descent that makes one function a part; what it does not know is worth `unknown`.
#include "harness/cluster/cel.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <optional>

#include "harness/cluster/cel_value.h"

namespace assay::cluster {

namespace cel {

namespace {
using Is = Value::Is;
using Part = std::function<Value(const Device&)>;
using Values = std::vector<Value>;

struct Beyond {};  // syntax that is not read here

constexpr int kMostParts = 300;  // each may be one deeper on the stack than the one before

/// An attribute or capacity of a domain; those of the driver's own are published without it.
Value member(const Value& of, const std::string& name, const Device& device) {
  const bool capacity = of.is == Is::capacities_of;
  const auto& all = capacity ? device.capacities : device.attributes;
  auto found = all.find(of.text + "/" + name);
  if (found == all.end() && of.text == device.driver) found = all.find(name);
  if (found == all.end()) return error();
  if (capacity) return quantity(found->second);
  const auto type = device.types.find(found->first);
  const std::string of_type = type == device.types.end() ? "string" : type->second;
  if (of_type == "bool") return boolean(found->second == "true");
  if (of_type == "int") return number(std::strtod(found->second.c_str(), nullptr));
  if (of_type == "version") return {Is::version, 0, found->second};
  return of_type == "string" ? text(found->second) : unknown();
}

Value field(const Value& of, const std::string& name, const Device& device) {
  if (of.is == Is::error || of.is == Is::unknown) return of;
  if (of.is == Is::attributes_of || of.is == Is::capacities_of) return member(of, name, device);
  if (of.is == Is::attributes) return {Is::attributes_of, 0, name};
  if (of.is == Is::capacities) return {Is::capacities_of, 0, name};
  if (of.is != Is::device) return unknown();
  if (name == "driver") return text(device.driver);
  if (name == "attributes") return {Is::attributes};
  return name == "capacity" ? Value{Is::capacities} : unknown();
}

/// `value in` a list, or `'name' in` the attributes of a domain.
Value relation(const Value& left, const std::string& op, const Value& right, const Device& device) {
  if (op != "in" || (right.is != Is::attributes_of && right.is != Is::capacities_of))
    return compare(left, op, right);
  return left.is == Is::text ? boolean(member(right, left.text, device).is != Is::error)
                             : unknown();
}

Value of_text(const std::string& text, const std::string& method, const std::string& part) {
  if (method == "contains") return boolean(text.find(part) != std::string::npos);
  if (method == "startsWith") return boolean(text.starts_with(part));
  return method == "endsWith" ? boolean(text.ends_with(part)) : unknown();
}

Value method(const Value& of, const std::string& name, const Values& given) {
  if (name == "orValue" && given.size() == 1) return of.is == Is::absent ? given[0] : of;
  if (of.is == Is::error || of.is == Is::unknown) return of;
  if (name == "hasValue") return boolean(of.is != Is::absent);
  if (given.size() != 1) return unknown();
  if (name == "compareTo") return order(of, given[0]);
  if (name == "isGreaterThan" || name == "isLessThan")
    return compare(order(of, given[0]), name == "isLessThan" ? "<" : ">", number(0));
  if (of.is != Is::text || given[0].is != Is::text) return unknown();
  return of_text(of.text, name, given[0].text);
}

Value function(const std::string& name, const Values& given) {
  if (given.size() != 1) return unknown();
  const Value& one = given.front();
  if (name == "has") return one.is == Is::unknown ? one : boolean(one.is != Is::error);
  if (one.is != Is::text) return unknown();
  if (name == "quantity") return quantity(one.text);
  return name == "semver" ? Value{Is::version, 0, one.text} : unknown();
}

/// With `both`: &&. An error or an unknown counts where the other side does not decide.
Part combined(const Part& left, const Part& right, bool both) {
  return [left, right, both](const Device& device) {
    const auto decides = [&](const Value& one) { return both ? is_false(one) : is_true(one); };
    const Value a = left(device);
    if (decides(a)) return a;
    const Value b = right(device);
    if (decides(b)) return b;
    for (const Is kind : {Is::unknown, Is::error})
      if (a.is == kind || b.is == kind) return Value{kind};
    return a.is == Is::boolean && b.is == Is::boolean ? boolean(both) : error();
  };
}

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  Part whole() {
    Part part = either();
    peek();
    if (at_ < text_.size()) throw Beyond();
    return part;
  }

 private:
  void count() {
    if (++parts_ > kMostParts) throw Beyond();
  }

  Part either() {
    count();
    Part part = both();
    while (take("||")) part = combined(part, both(), false);
    return part;
  }

  Part both() {
    Part part = relation_();
    while (take("&&")) part = combined(part, relation_(), true);
    return part;
  }

  Part relation_() {
    Part part = unary();
    for (const char* op : {"==", "!=", "<=", ">=", "<", ">", "in"}) {
      if (!take(op)) continue;
      return [left = part, op, right = unary()](const Device& device) {
        return relation(left(device), op, right(device), device);
      };
    }
    return part;
  }

  Part unary() {
    count();
    if (!take("!")) return postfix();
    return [of = unary()](const Device& device) {
      const Value value = of(device);
      return value.is == Is::boolean   ? boolean(!value.number)
             : value.is == Is::unknown ? value
                                       : error();
    };
  }

  Part postfix() {
    Part part = primary();
    while (true) {
      count();
      if (take("[")) {
        part = indexed(part, take("?"));
      } else if (take(".")) {
        const bool optional = take("?");
        const std::string name = identifier();
        if (take("("))
          part = called(part, name);
        else
          part = selected(
              part, [name](const Device&) { return text(name); }, optional);
      } else {
        return part;
      }
    }
  }

  Part indexed(const Part& of, bool optional) {
    const Part index = either();
    expect("]");
    return selected(of, index, optional);
  }

  static Part selected(const Part& of, const Part& name, bool optional) {
    return [of, name, optional](const Device& device) {
      const Value whole = of(device), key = name(device);
      if (key.is != Is::text) return unknown();
      const Value value = field(whole, key.text, device);
      return optional && value.is == Is::error && whole.is != Is::error ? Value{Is::absent} : value;
    };
  }

  Part called(const Part& of, const std::string& name) {
    return [of, name, given = list_until(")")](const Device& device) {
      return method(of(device), name, values(given, device));
    };
  }

  Part primary() {
    if (take("(")) {
      Part part = either();
      expect(")");
      return part;
    }
    if (take("["))
      return [all = list_until("]")](const Device& device) {
        return Value{Is::list, 0, {}, values(all, device)};
      };
    const char next = peek();
    if (next == '\'' || next == '"') return always(text(quoted()));
    if (std::isdigit(static_cast<unsigned char>(next)) || next == '-') return always(numeral());
    return named(identifier());
  }

  Part named(const std::string& name) {
    if (take("("))
      return [name, given = list_until(")")](const Device& device) {
        return function(name, values(given, device));
      };
    if (name == "true" || name == "false") return always(boolean(name == "true"));
    return always(name == "device" ? Value{Is::device} : unknown());
  }

  static Part always(const Value& value) {
    return [value](const Device&) { return value; };
  }

  static Values values(const std::vector<Part>& parts, const Device& device) {
    Values all;
    for (const Part& one : parts) all.push_back(one(device));
    return all;
  }

  std::vector<Part> list_until(const char* end) {
    std::vector<Part> parts;
    while (!take(end)) {
      if (!parts.empty()) expect(",");
      parts.push_back(either());
    }
    return parts;
  }

  std::string quoted() {
    const char quote = text_[at_++];
    std::string value;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') throw Beyond();
      value += text_[at_];
    }
    if (at_++ >= text_.size()) throw Beyond();
    return value;
  }

  Value numeral() {
    const char* from = text_.c_str() + at_;
    char* end = nullptr;
    const double value = std::strtod(from, &end);  // also of 0xe223
    if (end == from) throw Beyond();
    at_ += static_cast<std::size_t>(end - from);
    return number(value);
  }

  static bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  std::string identifier() {
    peek();
    const std::size_t from = at_;
    while (at_ < text_.size() && is_of_name(text_[at_])) ++at_;
    if (at_ == from || std::isdigit(static_cast<unsigned char>(text_[from]))) throw Beyond();
    return text_.substr(from, at_ - from);
  }

  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  /// Takes the token where it comes next; a word only where it ends there.
  bool take(const std::string& token) {
    peek();
    const std::size_t end = at_ + token.size();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    if (is_of_name(token[0]) && end < text_.size() && is_of_name(text_[end])) return false;
    if (token == "!" && end < text_.size() && text_[end] == '=') return false;
    at_ = end;
    return true;
  }

  void expect(const char* token) {
    if (!take(token)) throw Beyond();
  }

  const std::string text_;
  std::size_t at_ = 0;
  int parts_ = 0;
};

Part part_of(const std::string& expression) {
  try {
    return Parser(expression).whole();
  } catch (const Beyond&) {
    return [](const Device&) { return unknown(); };
  }
}

}  // namespace

}  // namespace cel

Selector::Selector(const std::vector<std::string>& expressions) {
  for (const std::string& one : expressions) parts_.push_back(cel::part_of(one));
}

Selects Selector::of(const Device& device) const {
  bool known = true;
  for (const auto& one : parts_) {
    const cel::Value value = one(device);
    if (cel::is_false(value)) return Selects::no;
    if (value.is == cel::Value::Is::error) return known ? Selects::fails : Selects::unknown;
    known = known && cel::is_true(value);
  }
  return known ? Selects::yes : Selects::unknown;
}

}  // namespace assay::cluster
