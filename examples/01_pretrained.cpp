// Technique 1: weights that have seen other pictures, data from folders or from a table, activations computed once.

#include "example.h"
#include "pictures.h"
#include "pretrained.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  const std::string weights = pretrained_weights(scratch.path);

  // Five kinds of things that those weights have never seen, forty pictures each.
  const std::string folder = scratch.path + "/second-half";
  write_clothes(folder, 5, 10, 40, 100);
  const auto data = vision::load({.path = folder, .size = 28, .augment = vision::Augment::none});
  const auto table = vision::load({.path = folder, .csv = folder + "/labels.csv", .size = 28});
  expect.that("a table of the same files has the same classes", table.data.classes == data.data.classes);

  auto learn = vision::learner(data, {.backbone = "small_resnet", .weights = weights});
  expect.equal("frozen layer groups of 3, where weights are given:", 2, learn.frozen());

  auto head = precompute(learn);  // the body looks at every picture once; the head trains on what it said
  head.fit({.lr = 1e-2, .shape = Cosine{.epochs = 10}});
  adopt_head(learn, head);

  expect.equal("accuracy of the whole network, as the head's on cached activations,",
               head.record().epochs.back().metrics.at("accuracy"), accuracy(learn));
  expect.at_least("accuracy after ten epochs of the head alone", 0.80, accuracy(learn));

  auto fresh = vision::learner(data, {.backbone = "small_resnet"});
  fresh.fit({.lr = 3e-3, .shape = OneCycle{.epochs = 10}});
  std::printf("an epoch of the head: %.4f s; of a whole network from random weights: %.2f s, ending at %.3f\n",
              head.record().epochs.back().seconds, fresh.record().epochs.back().seconds, accuracy(fresh));
  return expect.result();
}
