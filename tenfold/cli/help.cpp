#include "tenfold/cli/help.h"

#include <algorithm>
#include <cctype>

#include "tenfold/core/version.h"

namespace tenfold::cli {
namespace {

constexpr int kIndent = 2, kDeep = 6;

std::string head_of(const Flag& flag) {
  std::string text;
  const bool on = flag.field.value.is_boolean() && flag.field.value.get<bool>();
  for (auto name = flag.names.rbegin(); name != flag.names.rend(); ++name)
    text += (text.empty() ? "--" : ", --") + *name;
  if (on) text += ", --no-" + flag.names.front();
  const std::string value = placeholder(flag);
  return value.empty() ? text : text + " " + value;
}

std::string option_lines(const Flag& flag, const Terminal& terminal) {
  std::string about = flag.field.help;
  const std::string value = typed_value(flag.field.value);
  const bool off = flag.field.value.is_boolean() && !flag.field.value.get<bool>();
  if (!value.empty() && !off) about += " (default " + (value == " " ? "\" \"" : value) + ")";
  return std::string(kIndent, ' ') + bold(head_of(flag), terminal) + "\n" + wrap(about, terminal.width, kDeep);
}

std::string positional_lines(const Positional& positional, const Terminal& terminal) {
  return std::string(kIndent, ' ') + bold(positional.name, terminal) + "\n" +
         wrap(positional.help, terminal.width, kDeep);
}

}  // namespace

std::string placeholder(const Flag& flag) {
  if (flag.field.value.is_boolean()) return "";
  std::string text;
  for (const auto& choice : flag.field.choices) text += (text.empty() ? "" : "|") + choice;
  if (!text.empty()) return text;
  for (const unsigned char c : flag.field.type) text += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '-';
  return text;
}

std::string section_title(const std::string& section) {
  if (section.empty()) return "Options";
  if (section == "stage")
    return "[[stage]]: one a stage of training, in order; N counts from 1. Without any, a default plan by "
           "model.weights";
  if (section == "recipe") return "Recipe";
  return "[" + section + "]";
}

std::string overview(const std::vector<Command>& commands, const Terminal& terminal) {
  std::string text = "tenfold " + std::string(version) +
                     ": from a folder of images to a trained, saved and reported model, in one command.\n\n" +
                     bold("Usage", terminal) + ": tenfold COMMAND [options]\n\n" + bold("Commands", terminal) + "\n";
  size_t widest = 0;
  for (const auto& command : commands) widest = std::max(widest, command.name.size());
  for (const auto& command : commands) {
    const std::string name = "  " + command.name + std::string(widest - command.name.size() + 2, ' ');
    std::string about = wrap(command.summary, terminal.width, static_cast<int>(name.size()));
    text += name + about.substr(std::min(name.size(), about.size()));
  }
  return text + "\n" + bold("Begin with", terminal) +
         "\n  tenfold inspect PHOTOS              what is in a folder, and what to run on it\n"
         "  tenfold train --images PHOTOS       a good default plan, and the recipe that it ran\n\n"
         "`tenfold COMMAND --help` explains a command and every option; `tenfold --version` says which this is.\n"
         "Every command: --json FILE writes the result for programs ('-' for standard output).\n"
         "Exit codes: 0 done, 1 failed, 2 usage, 3 bad data or weights, 130 interrupted (after a checkpoint).\n";
}

std::string help(const Command& command, const Terminal& terminal) {
  std::string text = wrap(bold("tenfold " + command.name, terminal) + ": " + command.summary, terminal.width) + "\n" +
                     bold("Usage", terminal) + ": " + usage(command) + "\n";
  if (!command.help.empty()) text += "\n" + wrap(command.help, terminal.width);
  if (!command.positionals.empty()) text += "\n" + bold("Arguments", terminal) + "\n";
  for (const auto& positional : command.positionals) text += positional_lines(positional, terminal);
  std::string section = "none yet";
  for (const auto& flag : command.flags) {
    if (flag.section != section) text += "\n" + wrap(bold(section_title(flag.section), terminal), terminal.width);
    section = flag.section;
    text += option_lines(flag, terminal);
  }
  return text;
}

}  // namespace tenfold::cli
