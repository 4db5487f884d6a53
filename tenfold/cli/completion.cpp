#include "tenfold/cli/completion.h"

#include <algorithm>
#include <set>

namespace tenfold::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between = " ") {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Stages are numbered; completion offers the first three.
std::vector<std::string> spellings(const std::string& name) {
  if (name.find(".N.") == std::string::npos) return {name};
  return {replaced(name, ".N.", ".1."), replaced(name, ".N.", ".2."), replaced(name, ".N.", ".3.")};
}

std::vector<std::string> names_of(const Flag& flag) {
  std::vector<std::string> names;
  for (const auto& name : flag.names)
    for (const auto& spelling : spellings(name)) names.push_back(spelling);
  return names;
}

std::vector<std::string> options_of(const Command& command) {
  std::vector<std::string> options{"--help"};
  for (const auto& flag : command.flags)
    for (const auto& name : names_of(flag)) {
      options.push_back("--" + name);
      if (flag.field.value.is_boolean()) options.push_back("--no-" + name);
    }
  return options;
}

/// First words, and the second words of each group.
std::vector<std::string> first_words(const std::vector<Command>& commands) {
  std::vector<std::string> words;
  for (const auto& command : commands) {
    const std::string word = command.name.substr(0, command.name.find(' '));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::vector<std::string> second_words(const std::vector<Command>& commands, const std::string& first) {
  std::vector<std::string> words;
  for (const auto& command : commands)
    if (command.name.rfind(first + " ", 0) == 0) words.push_back(command.name.substr(first.size() + 1));
  return words;
}

std::string word_choices(const Command& command) {
  return command.positionals.empty() ? "" : joined(command.positionals[0].choices);
}

std::string bash(const std::vector<Command>& commands) {
  std::string groups, options, values;
  for (const auto& first : first_words(commands))
    if (const auto second = second_words(commands, first); !second.empty())
      groups += "    " + first + ") [ \"$COMP_CWORD\" = 2 ] && words='" + joined(second) +
                "'; command=\"$command ${COMP_WORDS[2]}\" ;;\n";
  for (const auto& command : commands) {
    options += "    '" + command.name + "') words='" + joined(options_of(command)) + "'; plain='" +
               word_choices(command) + "' ;;\n";
    for (const auto& flag : command.flags) {
      if (flag.field.choices.empty()) continue;
      std::vector<std::string> patterns;
      for (const auto& name : names_of(flag)) patterns.push_back("'" + command.name + " --" + name + "'");
      values += "    " + joined(patterns, "|") + ") words='" + joined(flag.field.choices) + "' ;;\n";
    }
  }
  return "# bash completion for tenfold. Load it with: source <(tenfold completion bash)\n"
         "_tenfold() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" "
         "command=\"${COMP_WORDS[1]}\" words='' plain=''\n"
         "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(first_words(commands)) +
         " help --help --version' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"$command\" in\n" +
         groups +
         "  esac\n"
         "  if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); return; fi\n"
         "  case \"$command $before\" in\n" +
         values +
         "  esac\n"
         "  if [ -n \"$words\" ]; then COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); return; fi\n"
         "  case \"$command\" in\n" +
         options +
         "  esac\n"
         "  case \"$word\" in\n"
         "    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
         "    *) [ -n \"$plain\" ] && COMPREPLY=($(compgen -W \"$plain\" -- \"$word\")) || COMPREPLY=($(compgen -f -- "
         "\"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _tenfold tenfold\n";
}

/// Inside '…[help]:…' of zsh's _arguments.
std::string zsh_text(std::string text) {
  for (const auto& [from, to] : {std::pair{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}, {"'", "'\\''"}})
    text = replaced(std::move(text), from, to);
  return text;
}

std::string zsh(const std::vector<Command>& commands) {
  std::string cases;
  for (const auto& command : commands) {
    std::string specs = "      '--help[explain the command and every option]'";
    for (const auto& flag : command.flags)
      for (const auto& name : names_of(flag)) {
        const std::string about = "[" + zsh_text(flag.field.help) + "]";
        std::string value;
        if (!flag.field.value.is_boolean())
          value = ":" + zsh_text(flag.field.type) + ":" +
                  (flag.field.choices.empty() ? "_files" : "(" + joined(flag.field.choices) + ")");
        specs += " \\\n      '--" + name + about + value + "'";
        if (flag.field.value.is_boolean()) specs += " \\\n      '--no-" + name + about + "'";
      }
    const std::string plain = word_choices(command);
    specs += " \\\n      '*:argument:" + (plain.empty() ? std::string("_files") : "(" + plain + ")") + "'";
    cases += "    '" + command.name + "')\n      _arguments -S \\\n" + specs + " ;;\n";
  }
  std::string groups;
  for (const auto& first : first_words(commands))
    if (const auto second = second_words(commands, first); !second.empty())
      groups += "    " + first + ") if (( CURRENT == 3 )); then compadd " + joined(second) +
                "; return; fi; command=\"$command $words[3]\"; skip=2 ;;\n";
  return "#compdef tenfold\n"
         "# zsh completion for tenfold. Load it with: source <(tenfold completion zsh)\n"
         "_tenfold() {\n"
         "  local command=$words[2] skip=1\n"
         "  if (( CURRENT == 2 )); then compadd " +
         joined(first_words(commands)) +
         " help; return; fi\n"
         "  case $command in\n" +
         groups +
         "  esac\n"
         "  shift $skip words; (( CURRENT -= skip ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "compdef _tenfold tenfold\n";
}

std::string fish_text(std::string text) { return replaced(replaced(std::move(text), "\\", "\\\\"), "'", "\\'"); }

std::string fish(const std::vector<Command>& commands) {
  std::string text =
      "# fish completion for tenfold. Load it with: tenfold completion fish | source\n"
      "function __tenfold_is\n"
      "  set -l words (commandline -opc)\n"
      "  set -l asked (string split ' ' -- $argv)\n"
      "  set -l last (math (count $asked) + 1)\n"
      "  test (count $words) -ge $last; and test \"$words[2..$last]\" = \"$asked\"\n"
      "end\n"
      "complete -c tenfold -n 'test (count (commandline -opc)) = 1' -f -l version -d 'which this is'\n"
      "complete -c tenfold -l help -d 'explain the command and every option'\n";
  std::set<std::string> groups;
  for (const auto& command : commands) {
    const std::string first = command.name.substr(0, command.name.find(' '));
    const bool grouped = first != command.name;
    if (!grouped || groups.insert(first).second)
      text += "complete -c tenfold -n 'test (count (commandline -opc)) = 1' -f -a " + first +
              (grouped ? "" : " -d '" + fish_text(command.summary) + "'") + "\n";
    if (grouped)
      text += "complete -c tenfold -n '__tenfold_is " + first + "; and test (count (commandline -opc)) = 2' -f -a " +
              command.name.substr(first.size() + 1) + " -d '" + fish_text(command.summary) + "'\n";
    const std::string here = "complete -c tenfold -n '__tenfold_is " + command.name + "'";
    if (const std::string plain = word_choices(command); !plain.empty()) text += here + " -f -a '" + plain + "'\n";
    for (const auto& flag : command.flags)
      for (const auto& name : names_of(flag)) {
        const std::string about = " -d '" + fish_text(flag.field.help) + "'";
        std::string value = " -r";
        if (flag.field.value.is_boolean()) value = "";
        if (!flag.field.choices.empty()) value = " -x -a '" + joined(flag.field.choices) + "'";
        text += here + " -l " + name + value + about + "\n";
        if (flag.field.value.is_boolean()) text += here + " -l no-" + name + about + "\n";
      }
  }
  return text;
}

}  // namespace

std::vector<std::string> completion_shells() { return {"bash", "zsh", "fish"}; }

std::string completion(const std::string& shell, const std::vector<Command>& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  throw ConfigError("SHELL", "is '" + shell + "'; needs " + joined(completion_shells(), ", "));
}

}  // namespace tenfold::cli
