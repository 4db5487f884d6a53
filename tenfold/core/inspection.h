#pragma once
// What looking at data finds, whatever its kind: what would stop training, and the command that would begin it.
// Torch-free.

#include <map>
#include <string>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold {

/// What would stop training. `path` may end in ":line" of a table.
struct Broken {
  std::string path, problem;
};

/// What an error says, apart from where; "path:line: problem" is cut in two.
Broken broken_by(const DataError& error);

Json to_json(const std::vector<Broken>& broken);

/// A word as a shell takes it, quoted where it must be.
std::string shell_word(const std::string& word);

/// What must be typed to have these options, as a command line goes on: " --table.split time" for each field of
/// `wanted` whose value is not that of `usual`, in order of declaration. `names` are short names by path.
std::string flags_between(const std::vector<Field>& usual, const std::vector<Field>& wanted,
                          const std::map<std::string, std::string>& names = {});

}  // namespace tenfold
