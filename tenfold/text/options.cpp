#include "tenfold/text/options.h"

#include <filesystem>

#include "tenfold/text/translation_options.h"

namespace tenfold::text {

Architecture architecture(const ModelOptions& options) {
  if (options.arch != Architecture::automatic) return options.arch;
  return std::filesystem::exists(std::filesystem::path(options.weights) / "config.json") ? Architecture::encoder
                                                                                         : Architecture::awd_lstm;
}

LearnerOptions translation_training() {
  LearnerOptions options{.batch = 128};
  options.optimizer = {.kind = optim::Kind::adam, .beta2 = 0.98, .eps = 1e-9, .weight_decay = 0};
  return options;
}

}  // namespace tenfold::text
