// Reads flags with Boost.Program_options and says in one line what is wrong with them.
#include "harness/cli/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "harness/core/error.h"

namespace assay::cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kOperandKey = "operands";

po::options_description describe(const std::vector<Option>& options) {
  po::options_description description;
  for (const Option& option : options) {
    const std::string names = option.letter ? option.name + "," + option.letter : option.name;
    if (option.value_name.empty()) {
      description.add_options()(names.c_str(), option.help.c_str());
    } else if (option.repeats) {
      description.add_options()(names.c_str(), po::value<std::vector<std::string>>(),
                                option.help.c_str());
    } else {
      description.add_options()(names.c_str(), po::value<std::string>(), option.help.c_str());
    }
  }
  description.add_options()(kOperandKey, po::value<std::vector<std::string>>());
  return description;
}

/// The words with `--name` for `--name=only_value`.
std::vector<std::string> without_only_values(const std::vector<Option>& options,
                                             std::vector<std::string> words) {
  const auto end = std::find(words.begin(), words.end(), "--");  // operands follow
  for (const Option& option : options) {
    const std::string flag = "--" + option.name;
    if (option.only_value.empty()) continue;
    for (auto word = words.begin(); word != end; ++word) {
      if (!word->starts_with(flag + "=")) continue;
      if (*word != flag + "=" + option.only_value)
        throw Error(fmt::format("{} is not supported: {} means {}={}, and takes no other value",
                                *word, flag, flag, option.only_value));
      *word = flag;
    }
  }
  return words;
}

po::variables_map read(const std::vector<Option>& options, const std::vector<std::string>& words) {
  const po::options_description description = describe(options);
  po::positional_options_description positional;
  positional.add(kOperandKey, -1);
  po::variables_map values;
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    po::store(po::command_line_parser(words)
                  .options(description)
                  .positional(positional)
                  .style(style)
                  .run(),
              values);
  } catch (const po::error& error) {
    throw Error(fmt::format("{}; --help lists what there is", error.what()));
  }
  return values;
}

void check_choice(const Option& option, const std::string& value) {
  if (option.choices.empty()) return;
  if (std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
    throw Error(fmt::format("--{} '{}' is not one of {}", option.name, value,
                            fmt::join(option.choices, ", ")));
}

std::uint64_t whole_number(const std::string& flag, const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size())
    throw Error(fmt::format("--{} '{}' is not a whole number from 0 to 2^64-1", flag, text));
  return number;
}

void check_range(const Option& option, const std::string& value) {
  if (!option.range) return;
  const std::uint64_t number = whole_number(option.name, value);
  if (number < option.range->least || number > option.range->most)
    throw Error(fmt::format("--{} {} is not {}", option.name, number, in_words(*option.range)));
}

/// What was typed of a flag, empty for one that takes no value.
std::vector<std::string> values_of(const Option& option, const po::variable_value& typed) {
  if (option.value_name.empty()) return {""};
  if (option.repeats) return typed.as<std::vector<std::string>>();
  return {typed.as<std::string>()};
}

void check_operands(const Operands& expected, const std::vector<std::string>& given) {
  if (expected.name.empty() && !given.empty())
    throw Error(fmt::format("'{}' was not expected: this command takes flags only", given.front()));
  const std::string choices = fmt::format("{}", fmt::join(expected.choices, ", "));
  if (expected.required && given.empty())
    throw Error(fmt::format("{} is missing{}{}", expected.name,
                            choices.empty() ? "" : ": it is one of ", choices));
  if (choices.empty()) return;
  for (const std::string& one : given)
    if (std::find(expected.choices.begin(), expected.choices.end(), one) == expected.choices.end())
      throw Error(fmt::format("{} '{}' is not one of {}", expected.name, one, choices));
  if (given.size() > 1)
    throw Error(
        fmt::format("'{}' was not expected: {} is one of {}", given[1], expected.name, choices));
}

}  // namespace

std::string in_words(const Range& range) {
  return range.most == UINT64_MAX ? fmt::format("a whole number from {} to 2^64-1", range.least)
                                  : fmt::format("from {} to {}", range.least, range.most);
}

Arguments::Arguments(std::map<std::string, std::vector<std::string>> values,
                     std::vector<std::string> operands, std::vector<std::string> command_line,
                     std::set<std::string> typed)
    : values_(std::move(values)),
      operands_(std::move(operands)),
      command_line_(std::move(command_line)),
      typed_(std::move(typed)) {}

const std::string& Arguments::value(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw Error(fmt::format("--{} was not given", name));
  return found->second.back();
}

std::uint64_t Arguments::number(const std::string& name) const {
  return whole_number(name, value(name));
}

Arguments parse_arguments(const std::vector<Option>& options, const Operands& operands,
                          const std::vector<std::string>& words,
                          std::vector<std::string> command_line) {
  const po::variables_map typed = read(options, without_only_values(options, words));
  std::map<std::string, std::vector<std::string>> values;
  std::set<std::string> given;
  for (const Option& option : options) {
    if (typed.count(option.name)) {
      given.insert(option.name);
      values[option.name] = values_of(option, typed[option.name]);
      for (const std::string& value : values[option.name]) {
        check_choice(option, value);
        check_range(option, value);
      }
    } else if (!option.default_value.empty()) {
      values[option.name] = {option.default_value};
    }
  }
  for (const Option& option : options)
    if (option.required && !values.contains(option.name))
      throw Error(fmt::format("--{} {} is missing", option.name, option.value_name));
  std::vector<std::string> rest;
  if (typed.count(kOperandKey)) rest = typed[kOperandKey].as<std::vector<std::string>>();
  check_operands(operands, rest);
  return Arguments(std::move(values), std::move(rest), std::move(command_line), std::move(given));
}

}  // namespace assay::cli
