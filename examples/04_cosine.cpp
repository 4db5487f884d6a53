// Technique 4: let the rate fall along half a cosine, so that the last steps settle instead of jumping about.

#include "example.h"
#include "pictures.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  const Shape cosine = Cosine{.epochs = 6};
  std::printf("factor at epochs 0 to 6: ");
  for (int epoch = 0; epoch <= 6; ++epoch) std::printf("%.3f ", tenfold::at(cosine, epoch).lr);
  std::printf("\n");
  expect.equal("factor in the middle", 0.5, tenfold::at(cosine, 3).lr);

  write_clothes(scratch.path, 0, 10, 100, 60);
  const auto data = vision::load({.path = scratch.path, .size = 28, .augment = vision::Augment::small});
  const auto trained = [&](const Shape& shape) {
    auto learn = vision::learner(data, {.backbone = "small_resnet"});
    learn.fit({.lr = 1e-2, .shape = shape});
    return learn;
  };
  auto falling = trained(cosine), level = trained(Constant{.epochs = 6});

  const auto loss = [](Learner& learn) { return *learn.record().epochs.back().valid_loss; };
  std::printf("validation loss and accuracy: cosine %.3f, %.3f; constant %.3f, %.3f\n", loss(falling),
              accuracy(falling), loss(level), accuracy(level));
  expect.at_least("the constant rate's loss in the cosine's", 1.0, loss(level) / loss(falling));
  expect.at_least("accuracy with the cosine", 0.70, accuracy(falling));
  return expect.result();
}
