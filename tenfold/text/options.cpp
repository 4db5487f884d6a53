#include "tenfold/text/options.h"

#include <filesystem>

namespace tenfold::text {

Architecture architecture(const ModelOptions& options) {
  if (options.arch != Architecture::automatic) return options.arch;
  return std::filesystem::exists(std::filesystem::path(options.weights) / "config.json") ? Architecture::encoder
                                                                                         : Architecture::awd_lstm;
}

}  // namespace tenfold::text
