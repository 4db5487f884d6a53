#pragma once
// One command as a row: its name, what it takes, how it explains itself, and what it can answer without tensors.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::cli {

/// A word that cannot be understood on the command line.
struct UsageError : Error {
  using Error::Error;
};

/// An option as typed. Names have no dashes in front; the first one is the full name.
struct Flag {
  Field field;
  std::vector<std::string> names;
  std::string section;  ///< heading in the help; empty: the command's own
};

/// A word without a name in front.
struct Positional {
  enum class Count { one, optional, many, any };  ///< exactly one, none or one, one or more, none or more
  enum class Kind { path, word };                 ///< what completion offers
  std::string name;                               ///< "RUN"
  std::string help;
  Count count = Count::one;
  Kind kind = Kind::path;
  std::vector<std::string> choices{};
};

/// One option as given.
struct Setting {
  std::string path;     ///< of its field, with the number as given: "stage.2.lr"; "stage.last.lr" by a short name
  std::string text;     ///< its value
  std::string section;  ///< of its flag
};

struct Arguments {
  std::vector<std::string> positionals;
  std::vector<Setting> settings;  ///< in the order given

  /// The last value of one of the command's own options.
  std::optional<std::string> text(const std::string& path) const;
};

/// What a command found: text for people, the same for programs.
struct Answer {
  std::string text;
  Json json = Json::object();
  int code = 0;
};

struct Command {
  std::string name;     ///< one or two words: "train", "runs list"
  std::string summary;  ///< one line
  std::string help;     ///< paragraphs; lines that begin with two spaces are examples
  std::vector<Positional> positionals{};
  std::vector<Flag> flags{};
  /// Checks the arguments as far as can be without tensors, and answers; nothing leaves the rest to tenfold-core.
  std::function<std::optional<Answer>(const Arguments&)> here{};
};

/// "tenfold train [RECIPE.toml] [options]".
std::string usage(const Command& command);

/// Sorts the words behind the command's name. Flags: --name value, --name=value; yes/no ones --name, --name=no,
/// --no-name; "--" ends them; dashes and underscores are the same. Throws UsageError naming the nearest flag, the
/// missing value or word.
Arguments parse(const Command& command, const std::vector<std::string>& words);

/// Flags of an options struct of the command's own, path "checkpoint_seconds" as --checkpoint-seconds.
std::vector<Flag> flags_of(const std::vector<Field>& fields);

/// The command's own options as given. Throws ConfigError.
template <class Own>
Own own_options(const Arguments& arguments) {
  Own own;
  for (const auto& setting : arguments.settings)
    if (setting.section.empty() && setting.path != "json") assign_text(own, setting.path, setting.text);
  return own;
}

}  // namespace tenfold::cli
