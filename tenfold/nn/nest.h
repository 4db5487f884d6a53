#pragma once
// Layers under dotted names.

#include <torch/nn/module.h>

#include <memory>
#include <string>

namespace tenfold::nn {

/// Registers `layer` below `root` as "features.0.1": published networks nest their layers in lists, whose names are all
/// that matters here. What lies between is made where it is missing.
template <class Layer>
Layer nest(torch::nn::Module& root, const std::string& name, Layer layer) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) {
    root.register_module(name, layer);
    return layer;
  }
  const std::string first = name.substr(0, dot);
  const auto children = root.named_children();
  const auto* found = children.find(first);
  const auto list = found ? *found : root.register_module(first, std::make_shared<torch::nn::Module>());
  return nest(*list, name.substr(dot + 1), layer);
}

}  // namespace tenfold::nn
