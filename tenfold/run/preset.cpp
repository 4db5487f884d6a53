#include "tenfold/run/preset.h"

#include "tenfold/run/recipe.h"

namespace tenfold {

Recipe preset(Preset choice, Kind kind) {
  Recipe recipe;
  recipe.preset = choice;
  if (kind == Kind::table) recipe.training.batch = 1024;  // a row is small: less is all overhead
  if (kind == Kind::translation) recipe.training = text::translation_training();
  if (kind != Kind::images && kind != Kind::automatic) return recipe;
  if (choice == Preset::none) return recipe;
  recipe.training.batch = 64;
  if (choice == Preset::legacy) {
    recipe.data.augment = vision::Augment::side_on;
    recipe.model.legacy_head = true;
    recipe.training.optimizer.kind = optim::Kind::sgd;
    recipe.training.optimizer.weight_decay = 0;
    recipe.training.optimizer.decay_norms_and_biases = true;
    recipe.training.frozen_norms = FrozenNorms::evaluate;
    recipe.plan = Article{.lr = Rates(1e-2)};
  } else {
    recipe.data.augment = vision::Augment::modern;
    recipe.training.frozen_norms = FrozenNorms::train;
    recipe.plan = FineTune{};
  }
  return recipe;
}

}  // namespace tenfold
