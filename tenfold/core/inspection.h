#pragma once
// What looking at data finds, whatever its kind: what would stop training, and the command that would begin it.
// Torch-free.

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

}  // namespace tenfold
