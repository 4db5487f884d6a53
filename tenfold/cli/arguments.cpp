// The words of a command line, sorted by the command's row.

#include <algorithm>
#include <cctype>

#include "tenfold/cli/command.h"

namespace tenfold::cli {
namespace {

bool is_number(const std::string& part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// "data.valid_share" and "data.valid-share" are one name, and so are "stage.1.lr" and "stage.2.lr".
std::string normalised(const std::string& name) {
  std::string out;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    std::string part = name.substr(begin, end - begin);
    std::replace(part.begin(), part.end(), '_', '-');
    out += (begin > 0 ? "." : "") + (is_number(part) ? "N" : part);
    begin = end + 1;
  }
  return out;
}

struct Match {
  const Flag* flag = nullptr;
  std::string path;
};

/// The path to set: the number as typed in place of N, or "last" where a short name leaves it open.
std::string path_of(const Flag& flag, const std::string& typed) {
  const auto& path = flag.field.path;
  const size_t at = path.find(".N.");
  if (at == std::string::npos) return path;
  std::string number = "last";
  if (normalised(typed) == normalised(path)) number = typed.substr(at + 1, typed.find('.', at + 1) - at - 1);
  return path.substr(0, at + 1) + number + path.substr(at + 2);
}

std::optional<Match> find(const Command& command, const std::string& typed) {
  const std::string name = normalised(typed);
  for (const auto& flag : command.flags)
    for (const auto& known : flag.names)
      if (normalised(known) == name) return Match{&flag, path_of(flag, typed)};
  return std::nullopt;
}

std::string unknown(const Command& command, const std::string& typed) {
  std::vector<std::string> known;
  for (const auto& flag : command.flags)
    for (const auto& name : flag.names) known.push_back(name);
  const std::string near = nearest(typed, known);
  return "--" + typed + ": no such option of `tenfold " + command.name + "`" +
         (near.empty() ? "" : "; did you mean --" + near + "?");
}

bool is_switch(const Flag& flag) { return flag.field.value.is_boolean(); }

/// A word that begins with dashes but is meant as a value: a negative number, or "-" for a standard stream.
bool reads_as_value(const std::string& word) {
  return word.size() < 2 || word[0] != '-' || std::isdigit(static_cast<unsigned char>(word[1])) || word[1] == '.';
}

void check_positionals(const Command& command, const std::vector<std::string>& given) {
  size_t most = 0;
  for (const auto& wanted : command.positionals) {
    const bool needed = wanted.count == Positional::Count::one || wanted.count == Positional::Count::many;
    if (most >= given.size() && needed) throw UsageError(wanted.name + " is missing: " + wanted.help);
    if (most < given.size() && !wanted.choices.empty() &&
        std::find(wanted.choices.begin(), wanted.choices.end(), given[most]) == wanted.choices.end()) {
      std::string all;
      for (const auto& choice : wanted.choices) all += (all.empty() ? "" : ", ") + choice;
      throw UsageError(wanted.name + " is '" + given[most] + "'; needs one of " + all);
    }
    const bool rest = wanted.count == Positional::Count::many || wanted.count == Positional::Count::any;
    most = rest ? given.size() : most + 1;
  }
  if (given.size() <= most) return;
  const auto& extra = given[most];
  const bool answer = extra == "yes" || extra == "no" || extra == "true" || extra == "false";
  throw UsageError("'" + extra + "' is one word too many" +
                   (answer ? "; a yes/no option is written --name, --no-name or --name=" + extra : std::string()));
}

}  // namespace

std::optional<std::string> Arguments::text(const std::string& path) const {
  for (auto setting = settings.rbegin(); setting != settings.rend(); ++setting)
    if (setting->section.empty() && setting->path == path) return setting->text;
  return std::nullopt;
}

std::string usage(const Command& command) {
  std::string text = "tenfold " + command.name;
  for (const auto& positional : command.positionals) {
    if (positional.count == Positional::Count::one) text += " " + positional.name;
    if (positional.count == Positional::Count::optional) text += " [" + positional.name + "]";
    if (positional.count == Positional::Count::many) text += " " + positional.name + "…";
    if (positional.count == Positional::Count::any) text += " [" + positional.name + "…]";
  }
  return text + (command.flags.empty() ? "" : " [options]");
}

std::vector<Flag> flags_of(const std::vector<Field>& fields) {
  std::vector<Flag> flags;
  for (const auto& field : fields) {
    std::string name = field.path;
    std::replace(name.begin(), name.end(), '_', '-');
    flags.push_back({.field = field, .names = {name}, .section = ""});
  }
  return flags;
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  Arguments arguments;
  bool names_ended = false;
  for (size_t k = 0; k < words.size(); ++k) {
    const auto& word = words[k];
    if (names_ended || reads_as_value(word)) {
      arguments.positionals.push_back(word);
      continue;
    }
    if (word == "--") {
      names_ended = true;
      continue;
    }
    if (word.rfind("--", 0) != 0) throw UsageError(word + ": options begin with two dashes (only -h is short)");
    const size_t equals = word.find('=');
    const std::string typed = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    auto match = find(command, typed);
    if (!match && typed.rfind("no-", 0) == 0) {
      match = find(command, typed.substr(3));
      if (match && is_switch(*match->flag) && equals == std::string::npos) {
        arguments.settings.push_back({match->path, "no", match->flag->section});
        continue;
      }
      match.reset();
    }
    if (!match) throw UsageError(unknown(command, typed));
    std::string value = "yes";
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (!is_switch(*match->flag)) {
      if (k + 1 == words.size() || !reads_as_value(words[k + 1]))
        throw UsageError("--" + typed + " needs a value (" + match->flag->field.type + "): " + match->flag->field.help);
      value = words[++k];
    }
    arguments.settings.push_back({match->path, value, match->flag->section});
  }
  check_positionals(command, arguments.positionals);
  return arguments;
}

}  // namespace tenfold::cli
