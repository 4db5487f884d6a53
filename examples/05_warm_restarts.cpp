// Technique 5: SGD with warm restarts. Each cycle falls along a cosine, then starts at the full rate again, twice as
// long; every cycle's end is a network of its own, and together they know more than one.

#include "example.h"
#include "pictures.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  const Sgdr plan{.cycles = 3, .cycle_len = 1, .cycle_mult = 2};
  expect.equal("epochs, 1 + 2 + 4:", 7, epochs(plan));

  write_clothes(scratch.path, 0, 10, 100, 60);
  const auto data = vision::load({.path = scratch.path, .size = 28, .augment = vision::Augment::small});
  auto learn = vision::learner(data, {.backbone = "small_resnet"},
                               {.optimizer = {.kind = optim::Kind::sgd, .weight_decay = 1e-4}});

  // A callback that looks at the validation pictures whenever a cycle ends: after epochs 1, 3 and 7.
  std::vector<at::Tensor> looks;
  std::vector<double> each;
  Callback snapshots{.name = "snapshots"};
  snapshots.on_epoch = [&](Learner& now, EpochRow& row) {
    if (row.epoch == 0 || row.epoch == 2 || row.epoch == 6) {
      looks.push_back(predict(now, Split::valid).activated);
      each.push_back(row.metrics.at("accuracy"));
    }
    return Next::go_on;
  };
  learn.fit({.lr = 5e-2, .shape = plan, .callbacks = {snapshots}});

  const auto& steps = learn.record().steps;
  const size_t epoch = steps.size() / 7;
  std::printf("rates, three an epoch:");
  for (size_t k = 0; k < steps.size(); k += epoch / 3) std::printf(" %.3f", steps[k].lr.back());
  std::printf("\naccuracy at the ends of the cycles: %.3f %.3f %.3f\n", each.at(0), each.at(1), each.at(2));
  expect.equal("rate at the first restart", 5e-2, steps[epoch].lr.back());
  expect.equal("rate at the second", 5e-2, steps[3 * epoch].lr.back());
  expect.at_least("accuracy at the end", 0.50, each.at(2));

  auto together = predict(learn, Split::valid);  // names and targets; the last two networks' mean for probabilities
  together.activated = (looks.at(1) + looks.at(2)) / 2;
  const double both = evaluate(learn.task(), together, {"accuracy"}).metrics.at("accuracy");
  expect.at_least("accuracy of the last two networks together, no less than the weaker one's",
                  std::min(each[1], each[2]), both);
  return expect.result();
}
