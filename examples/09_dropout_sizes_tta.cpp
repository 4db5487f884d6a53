// Technique 9: dropout in the head, larger pictures in mid-training, and several looks at each picture in prediction.

#include "example.h"
#include "pictures.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  write_figures(scratch.path, 48, 100, 60);
  const auto data = vision::load({.path = scratch.path, .size = 24, .augment = vision::Augment::side_on});

  // One value a linear layer of the head: it leaves out a quarter of its input, and half of its 512 inner features.
  auto learn = vision::learner(data, {.backbone = "small_resnet", .dropout = {0.25, 0.5}, .hidden = {512}});
  const auto again = [&] { return predict(learn, Split::valid).activated; };
  expect.that("two predictions are the same: dropout is for training only", at::equal(again(), again()));

  learn.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 5}});
  const double small = accuracy(learn);
  learn.set_data(data.data.resized(48));  // twice the side, the same weights: pooling does not mind
  const double looked_closer = accuracy(learn);
  learn.fit({.lr = 3e-3, .shape = OneCycle{.epochs = 4}});
  const double large = accuracy(learn);
  std::printf("accuracy at 24 pixels: %.3f; the same at 48: %.3f; after training there: %.3f\n", small, looked_closer,
              large);
  expect.at_least("accuracy after the larger pictures", 0.85, large);
  expect.at_least("no less than at 24 pixels:", small, large);

  // The plain look weighs a quarter; four augmented ones share the rest. Probabilities are averaged, not logarithms.
  const auto many = tta(learn, Split::valid, {.views = 4, .plain_weight = 0.25});
  const double with_tta = evaluate(learn.task(), many, {"accuracy"}).metrics.at("accuracy");
  std::printf("accuracy with five looks: %.3f\n", with_tta);
  expect.at_least("five looks are no worse than one, but for a hundredth:", large - 0.01, with_tta);
  expect.that("they are probabilities", at::allclose(many.activated.sum(1), at::ones({many.activated.size(0)})));
  return expect.result();
}
