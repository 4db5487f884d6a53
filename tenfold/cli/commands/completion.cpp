// tenfold completion SHELL.

#include "tenfold/cli/completion.h"

#include "tenfold/cli/commands.h"

namespace tenfold::cli {

Command completion_command() {
  return {.name = "completion",
          .summary = "print a completion script for bash, zsh or fish",
          .help = R"(Commands, options and their choices complete with the tab key.

  source <(tenfold completion bash)          # in ~/.bashrc
  source <(tenfold completion zsh)           # in ~/.zshrc, after compinit
  tenfold completion fish | source           # in ~/.config/fish/config.fish)",
          .positionals = {{.name = "SHELL",
                           .help = "bash, zsh or fish",
                           .kind = Positional::Kind::word,
                           .choices = completion_shells()}},
          .here = [](const Arguments& arguments) -> std::optional<Answer> {
            const std::string script = completion(arguments.positionals.at(0), commands());
            return Answer{.text = script, .json = {{"script", script}}};
          }};
}

}  // namespace tenfold::cli
