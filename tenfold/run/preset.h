#pragma once
// The defaults of both generations of fastai by name: what a recipe holds before its own keys are read. Torch-free.

#include <array>
#include <string_view>
#include <utility>

namespace tenfold {

struct Recipe;
enum class Kind;

enum class Preset { none, legacy, modern };
constexpr auto names(Preset) {
  return std::to_array<std::pair<Preset, std::string_view>>(
      {{Preset::none, "none"}, {Preset::legacy, "legacy"}, {Preset::modern, "modern"}});
}

/// none: tenfold's own defaults. legacy, fastai 0.7 as its course used it: SGD with momentum and no decay, biases in
/// the head, frozen norms as they are, side-on augmentation, the article's plan. modern, fastai 2: Adam with decoupled
/// decay, norms that train everywhere, warped and relit images, fine_tune. Both: batches of 64. Texts and tables have
/// the batches and decay that suit them.
Recipe preset(Preset choice, Kind kind);

}  // namespace tenfold
