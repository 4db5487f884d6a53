// tenfold docs PAGE: the program prints the reference in docs/reference itself, so that it cannot be out of date.

#include "tenfold/cli/commands.h"
#include "tenfold/cli/reference.h"

namespace tenfold::cli {

Command docs_command() {
  return {
      .name = "docs",
      .summary = "print a page of the reference in Markdown",
      .help =
          "  tenfold docs options > docs/reference/options.md\n  tenfold docs commands > docs/reference/commands.md",
      .positionals = {{.name = "PAGE",
                       .help = "options: every recipe key; commands: every command",
                       .kind = Positional::Kind::word,
                       .choices = {"options", "commands"}}},
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        const std::string page = arguments.positionals.at(0) == "options" ? options_page() : commands_page(commands());
        return Answer{.text = page, .json = {{"markdown", page}}};
      }};
}

}  // namespace tenfold::cli
