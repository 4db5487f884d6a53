#pragma once
// Help pages from the table: what a command does, by example, then every option with its default and its consequence.

#include <string>
#include <vector>

#include "tenfold/cli/command.h"
#include "tenfold/cli/terminal.h"

namespace tenfold::cli {

/// All commands, a line each.
std::string overview(const std::vector<Command>& commands, const Terminal& terminal);
/// One command in full, options grouped by section.
std::string help(const Command& command, const Terminal& terminal);

/// What stands behind the name of a flag: "none|basic|side_on", "INTEGER"; empty for a yes/no one.
std::string placeholder(const Flag& flag);
/// Heading of a section and, for some, a sentence on how its options work together.
std::string section_title(const std::string& section);

}  // namespace tenfold::cli
