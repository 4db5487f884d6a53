#include "tenfold/cli/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/help.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/core/file.h"
#include "tenfold/core/version.h"
#include "tenfold/net/download.h"

namespace tenfold::cli {
namespace {

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw FileError("standard output", "cannot be written; is the disk full?");
}

void complain(const std::string& message) {
  const std::string block = red("tenfold: error:", terminal(STDERR_FILENO)) + " " + message + "\n";
  std::fwrite(block.data(), 1, block.size(), stderr);
}

/// The command that the first one or two words name, and how many words that took.
struct Chosen {
  const Command* command = nullptr;
  size_t words = 0;
};

Chosen choose(const std::vector<std::string>& words) {
  Chosen chosen;
  for (const auto& command : commands()) {
    const bool one = !words.empty() && command.name == words[0];
    const bool two = words.size() > 1 && command.name == words[0] + " " + words[1];
    if (one || two) chosen = {&command, one ? 1u : 2u};
  }
  return chosen;
}

/// What to say of words that name no command: the group's commands, or the nearest.
std::string no_command(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  std::string group;
  for (const auto& command : commands()) {
    names.push_back(command.name);
    const size_t space = command.name.find(' ');
    if (space != std::string::npos) names.push_back(command.name.substr(0, space));
    if (command.name.rfind(words[0] + " ", 0) == 0) group += (group.empty() ? "" : ", ") + ("tenfold " + command.name);
  }
  if (!group.empty()) return "'tenfold " + words[0] + "' needs a second word: " + group;
  const std::string near = nearest(words[0], names);
  return "'" + words[0] + "' is no command" + (near.empty() ? "" : "; did you mean 'tenfold " + near + "'?") +
         "\n  see: tenfold --help";
}

bool asks_for_help(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [](const std::string& word) { return word == "--help" || word == "-h"; });
}

/// Help of a command, of a group ("runs"), or of all.
std::string help_for(const std::vector<std::string>& words) {
  const Terminal out = terminal(STDOUT_FILENO);
  if (const Chosen chosen = choose(words); chosen.command) return help(*chosen.command, out);
  std::string text;
  for (const auto& command : commands())
    if (!words.empty() && command.name.rfind(words[0] + " ", 0) == 0)
      text += (text.empty() ? "" : "\n") + help(command, out);
  return text.empty() ? overview(commands(), out) : text;
}

/// File names need not be UTF-8; JSON does.
std::string to_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

void deliver(const Answer& answer, const std::optional<std::string>& json) {
  if (json && *json != "-") write_file(*json, to_text(answer.json));
  print(json && *json == "-" ? to_text(answer.json) : answer.text);
}

int fail(const std::exception& error, const std::optional<std::string>& json, const std::string& hint) {
  const Failure failure = failure_of(error);
  complain(failure.message + (failure.kind == "usage" && !hint.empty() ? "\n  see: " + hint : ""));
  if (json) {
    const Json tree = {{"error", {{"kind", failure.kind}, {"message", failure.message}}}, {"code", failure.code}};
    try {
      deliver({.text = "", .json = tree, .code = failure.code}, json);
    } catch (const Error&) {
      return failure.code;  // the first error is the one that matters
    }
  }
  return failure.code;
}

}  // namespace

Failure failure_of(const std::exception& error) {
  std::string message = error.what();
  // LibTorch appends a trace of its own frames, which tells a user nothing.
  message = message.substr(0, message.find("\nException raised from"));
  while (!message.empty() && message.back() == '\n') message.pop_back();
  if (dynamic_cast<const UsageError*>(&error)) return {"usage", message, kUsage};
  if (dynamic_cast<const ConfigError*>(&error)) return {"config", message, kUsage};
  if (dynamic_cast<const DataError*>(&error)) return {"data", message, kBadData};
  if (dynamic_cast<const WeightsError*>(&error)) return {"weights", message, kBadData};
  if (dynamic_cast<const FileError*>(&error)) return {"file", message, kFailed};
  if (dynamic_cast<const net::DownloadError*>(&error)) return {"network", message, kFailed};
  if (dynamic_cast<const TrainingError*>(&error)) return {"training", message, kFailed};
  if (dynamic_cast<const std::bad_alloc*>(&error))
    return {"memory", "out of memory; use a smaller --batch or --size", kFailed};
  return {"failed", message, kFailed};
}

int run_program(const std::vector<std::string>& words, const Elsewhere& elsewhere) {
  std::optional<std::string> json;
  std::string hint;
  try {
    if (words.empty()) {
      std::fputs(overview(commands(), terminal(STDERR_FILENO)).c_str(), stderr);
      return kUsage;
    }
    if (words[0] == "--version" || words[0] == "version") {
      print("tenfold " + std::string(version) + "\n");
      return kDone;
    }
    if (words[0] == "help") {
      print(help_for({words.begin() + 1, words.end()}));
      return kDone;
    }
    const Chosen chosen = choose(words);
    if (asks_for_help(words)) {
      print(help_for(words));
      return kDone;
    }
    if (!chosen.command) throw UsageError(no_command(words));
    hint = "tenfold " + chosen.command->name + " --help";
    const Arguments arguments = parse(*chosen.command, {words.begin() + static_cast<long>(chosen.words), words.end()});
    json = arguments.text("json");
    auto answer = chosen.command->here ? chosen.command->here(arguments) : std::nullopt;
    if (!answer) answer = elsewhere(*chosen.command, arguments);
    deliver(*answer, json);
    return answer->code;
  } catch (const std::exception& error) {
    return fail(error, json, hint);
  }
}

}  // namespace tenfold::cli
