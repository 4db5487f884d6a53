// Technique 2: train the head first, then all layers, the early ones more slowly.

#include "example.h"
#include "pictures.h"
#include "pretrained.h"
using namespace tenfold;

/// How far the parameters of a layer group are from where they were, relative to their size.
double moved(const nn::LayerGroup& group, const std::vector<at::Tensor>& before, size_t& next) {
  double distance = 0, size = 0;
  for (const auto& module : group.modules)
    for (const auto& now : module->parameters()) {
      distance += (now.detach() - before[next]).square().sum().item<double>();
      size += before[next++].square().sum().item<double>();
    }
  return std::sqrt(distance / size);
}

int main() {
  const Scratch scratch;
  Expect expect;
  const std::string weights = pretrained_weights(scratch.path);
  write_clothes(scratch.path + "/second-half", 5, 10, 80, 100);
  const auto data =
      vision::load({.path = scratch.path + "/second-half", .size = 28, .augment = vision::Augment::small});
  auto learn = vision::learner(data, {.backbone = "small_resnet", .weights = weights});

  const auto movement = [&learn](const auto& train) {
    std::vector<at::Tensor> before;
    for (const auto& group : learn.model().groups())
      for (const auto& module : group.modules)
        for (const auto& parameter : module->parameters()) before.push_back(parameter.detach().clone());
    train();
    std::vector<double> all;
    size_t next = 0;
    for (const auto& group : learn.model().groups()) all.push_back(moved(group, before, next));
    return all;
  };

  learn.freeze();  // as it stands after loading weights
  const auto frozen = movement([&] { learn.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 3}}); });
  expect.equal("movement of frozen early layers", 0, frozen[0]);
  const double head_alone = accuracy(learn);

  learn.unfreeze();  // freeze_to(1) would leave the first group as it is
  const auto all = movement([&] { learn.fit({.lr = {1e-4, 1e-3, 1e-3}, .shape = OneCycle{.epochs = 3}}); });
  std::printf("moved, in shares of their size: early %.4f, late %.4f, head %.4f\n", all[0], all[1], all[2]);
  expect.at_least("movement of late layers in early ones'", 3, all[1] / all[0]);
  const auto& last = learn.record().steps.back().lr;
  expect.at_least("rate of late layers in early ones'", 9.99, last[1] / last[0]);
  expect.at_least("accuracy of the head alone", 0.75, head_alone);
  expect.at_least("accuracy after all layers have trained", head_alone, accuracy(learn));
  return expect.result();
}
