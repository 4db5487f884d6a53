#pragma once
// Every recipe key as a flag, the common ones with a short name too, and the recipe that a file and flags make.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/cli/command.h"
#include "tenfold/run/recipe.h"

namespace tenfold::cli {

/// The flags of the recipe's tables named ("data", "training", "stage", …), or of all.
std::vector<Flag> recipe_flags(const std::vector<std::string>& tables = {});

/// The recipe in `file` (or the defaults), changed by the flags: keys outside stages first, then, where a stage is
/// touched and there is none, the plan's stages, then the stages' keys. Short names of stage keys mean the last stage.
/// Not yet complete(). Throws ConfigError, DataError, FileError.
Recipe recipe_of(const std::optional<std::string>& file, const Arguments& arguments);

/// True where any flag of the recipe was given.
bool touches_recipe(const Arguments& arguments);

}  // namespace tenfold::cli
