// The flags of a subcommand: what it takes, and what was typed, checked before anything runs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace assay::cli {

/// The whole numbers that a flag takes.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

/// `from 2 to 256`
std::string in_words(const Range& range);

/// One flag; its help is both the manual's text and the only place that describes it. Without a
/// value_name it takes no value.
struct Option {
  std::string name;             // long name, without the dashes
  char letter = 0;              // short name, or none
  std::string value_name = {};  // as the manual prints it, `NAME|FILE`
  std::string help = {};
  std::string default_value = {};          // empty: absent unless given
  std::vector<std::string> choices = {};   // empty: any text
  std::vector<std::string> built_in = {};  // values that are always there; others are taken too
  std::optional<Range> range = {};         // of a number
  bool required = false;
  bool repeats = false;         // may be given several times: Arguments::all()
  std::string only_value = {};  // `--name=only_value` is `--name`, which takes no other value
};

/// What a subcommand takes beside its flags, e.g. `PATH...`; no name: nothing. With choices: one of
/// them.
struct Operands {
  std::string name;
  bool required = false;
  std::vector<std::string> choices = {};
};

/// What was typed. A flag that has a default is always there.
class Arguments {
 public:
  Arguments(std::map<std::string, std::vector<std::string>> values,
            std::vector<std::string> operands, std::vector<std::string> command_line,
            std::set<std::string> typed = {});

  bool has(const std::string& name) const { return values_.count(name) != 0; }
  /// Whether it was given, and is no default.
  bool typed(const std::string& name) const { return typed_.count(name) != 0; }
  /// The value given or the default; asking for one that is neither is a bug and throws Error.
  const std::string& value(const std::string& name) const;
  /// The value given, or an empty text.
  std::string value_or_empty(const std::string& name) const {
    return has(name) ? value(name) : std::string();
  }
  /// Every value of a flag that repeats, in order; none when it was not given.
  std::vector<std::string> all(const std::string& name) const {
    return has(name) ? values_.at(name) : std::vector<std::string>();
  }
  /// The value of a flag that has a range.
  std::uint64_t number(const std::string& name) const;
  const std::vector<std::string>& operands() const { return operands_; }
  /// The whole command as typed, for the record.
  const std::vector<std::string>& command_line() const { return command_line_; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> operands_;
  std::vector<std::string> command_line_;
  std::set<std::string> typed_;
};

/// Reads `words` (what follows the subcommand). Throws Error, one line, for anything that the
/// subcommand does not take. Names are never guessed from a prefix: a script must not change its
/// meaning when a flag is added.
Arguments parse_arguments(const std::vector<Option>& options, const Operands& operands,
                          const std::vector<std::string>& words,
                          std::vector<std::string> command_line);

}  // namespace assay::cli
