#pragma once
// A file of pretrained weights: trained here on half of the clothes, where a real project downloads one.

#include <string>

#include "example.h"
#include "pictures.h"

/// A bundle whose body knows t-shirts, trousers, pullovers, dresses and coats. Any bundle's body serves as weights.
inline std::string pretrained_weights(const std::string& scratch) {
  using namespace tenfold;
  write_clothes(scratch + "/first-half", 0, 5, 400, 40);
  const auto data = vision::load({.path = scratch + "/first-half", .size = 28, .augment = vision::Augment::small});
  const vision::ModelOptions model{.backbone = "small_resnet"};
  auto learn = vision::learner(data, model, {.batch = 64});
  learn.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 3}});
  save_bundle(scratch + "/pretrained.safetensors", learn, data, model);
  return scratch + "/pretrained.safetensors";
}
