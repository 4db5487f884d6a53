#pragma once
// Completion scripts for shells, made from the table.

#include <string>
#include <vector>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

std::vector<std::string> completion_shells();

/// Script for "bash", "zsh" or "fish". Throws ConfigError for another.
std::string completion(const std::string& shell, const std::vector<Command>& commands);

}  // namespace tenfold::cli
