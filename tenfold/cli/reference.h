#pragma once
// The pages of docs/reference, in Markdown, made from the table and the options.

#include <string>
#include <vector>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

/// Every recipe key: type, default, consequence, short flag.
std::string options_page();
/// Every command: usage, help, arguments, its own options.
std::string commands_page(const std::vector<Command>& commands);

}  // namespace tenfold::cli
