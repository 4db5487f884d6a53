// Technique 3: find the learning rate by raising it over a hundred batches, instead of guessing.

#include "example.h"
#include "pictures.h"
#include "tenfold/report/text_plot.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  write_clothes(scratch.path, 0, 10, 100, 40);
  const auto data = vision::load({.path = scratch.path, .size = 28, .augment = vision::Augment::small});

  const auto fresh = [&] { return vision::learner(data, {.backbone = "small_resnet"}); };
  auto learn = fresh();
  const std::string before = learn.model().body_fingerprint();
  const auto found = lr_find(learn);
  std::fputs(report::text_plot(found.lr, found.loss, {{"valley", found.valley()}, {"steep", found.steep()}}).c_str(),
             stdout);
  report::write(scratch.path + "/lr_find.html", {.title = "Learning rates for clothes",
                                                 .lr_plots = {{.lr = found.lr,
                                                               .loss = found.loss,
                                                               .suggestions = {{"valley", found.valley()}},
                                                               .range = found.valley_range()}}});
  expect.that("the sweep leaves the weights as they were", learn.model().body_fingerprint() == before);

  // The rate found, one far below and one far above, three epochs each.
  const auto after = [&](double rate) {
    auto other = fresh();
    other.fit({.lr = rate, .shape = Cosine{.epochs = 3}});
    return accuracy(other);
  };
  const double good = after(found.valley()), low = after(found.valley() / 1000), high = after(found.valley() * 1000);
  std::printf("accuracy at the rate found, %.2g: %.3f; at a thousandth: %.3f; at a thousand times it: %.3f\n",
              found.valley(), good, low, high);
  expect.at_least("accuracy at the rate found", 0.50, good);
  expect.at_least("more than at a thousandth by", 0.15, good - low);
  expect.at_least("more than at a thousand times it by", 0.15, good - high);
  return expect.result();
}
