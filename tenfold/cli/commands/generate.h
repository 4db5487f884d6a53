#pragma once
// tenfold generate: options as the thin program reads them.

#include <string>

#include "tenfold/cli/command.h"
#include "tenfold/text/generate_options.h"

namespace tenfold::cli {

text::GenerateOptions generate_request(const Arguments& arguments);

/// The language model that a run folder, or a file, stands for: language.safetensors where a run has one, else its
/// model. Throws UsageError.
std::string language_file(const std::string& run_or_file);

}  // namespace tenfold::cli
