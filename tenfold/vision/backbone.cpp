#include "tenfold/vision/backbone.h"

#include <algorithm>
#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kImageNetClasses = 1000;

std::vector<BackboneRow> all_rows() {
  std::vector<BackboneRow> all;
  for (const auto& family : {small_resnets(), resnets(), vggs(), densenets(), inception_v3s(), inception_v4s(),
                             efficientnet_lites(), mobilenets(), efficientnets(), convnexts(), vision_transformers()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

/// Millions of parameters that do not belong to the classifier.
double million_body_parameters(const BackboneRow& row, const std::map<std::string, torch::Tensor>& tensors) {
  int64_t count = 0;
  for (const auto& [name, tensor] : tensors)
    if (!row.is_classifier(name) && !name.ends_with("running_mean") && !name.ends_with("running_var") &&
        !name.ends_with("num_batches_tracked"))
      count += tensor.numel();
  return static_cast<double>(count) / 1e6;
}

}  // namespace

Top mean_linear(torch::nn::Module& network, const std::string& name, int64_t channels, int64_t outputs) {
  auto linear = nest(network, name, nn::Linear(channels, outputs));
  return [linear](const torch::Tensor& maps) mutable { return linear(nn::mean_pool(maps)); };
}

torch::Tensor Backbone::part(const torch::Tensor& x, int first, int last) {
  const auto all = static_cast<int>(groups().size());
  if (first == 0 && last == all) return forward(x);
  throw ConfigError("cut", "is at layer group " + std::to_string(first == 0 ? last : first) + " of " +
                               std::to_string(all) + ", and this network can only be cut at its head: freeze the " +
                               "whole body, or train without precomputed activations");
}

Classifier::Classifier(std::shared_ptr<Backbone> body, const std::function<Top(torch::nn::Module& network)>& make_top)
    : body_(std::move(body)) {
  for (const auto& own : body_->named_parameters(/*recurse=*/false)) register_parameter(own.key(), own.value());
  for (const auto& own : body_->named_buffers(/*recurse=*/false)) register_buffer(own.key(), own.value());
  for (const auto& child : body_->named_children()) register_module(child.key(), child.value());
  top_ = make_top(*this);
}

torch::Tensor Classifier::forward(const torch::Tensor& x) { return top_(body_->forward(x)); }

void Classifier::train(bool on) {
  Module::train(on);
  body_->train(on);  // is no child, as its name would come before those of its tensors
}

std::shared_ptr<Backbone> BackboneRow::make(uint64_t seed) const {
  auto body = layers();
  nn::initialise(*body, seed, start);
  return body;
}

std::shared_ptr<Classifier> BackboneRow::make_classifier() const {
  if (classifier.empty()) return nullptr;
  const auto body = layers();
  return std::make_shared<Classifier>(body, [&](torch::nn::Module& network) {
    return top ? top(network, body->channels(), kImageNetClasses)
               : mean_linear(network, classifier[0], body->channels(), kImageNetClasses);
  });
}

bool BackboneRow::is_classifier(const std::string& tensor) const {
  return std::any_of(classifier.begin(), classifier.end(),
                     [&](const std::string& layer) { return tensor.starts_with(layer + "."); });
}

std::map<std::string, torch::Tensor> BackboneRow::named(std::map<std::string, torch::Tensor> published) const {
  if (!own_name) return published;
  std::map<std::string, torch::Tensor> own;
  for (auto& item : published) own[own_name(item.first)] = std::move(item.second);
  return own;
}

const std::vector<BackboneRow>& backbones() {
  static const std::vector<BackboneRow> rows = all_rows();
  return rows;
}

const BackboneRow& backbone(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& row : backbones()) {
    if (row.name == name) return row;
    known.push_back(row.name);
  }
  const std::string close = nearest(name, known);
  std::string list;
  for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
  throw ConfigError("model.backbone", "'" + name + "' is not known; " +
                                          (close.empty() ? "" : "nearest is '" + close + "'. ") + "There are: auto, " +
                                          list);
}

const BackboneRow* recognise(const std::map<std::string, torch::Tensor>& published) {
  constexpr double rounding = 0.01;  // of million_parameters
  for (const auto& row : backbones()) {
    const auto tensors = row.named(published);
    if (std::abs(million_body_parameters(row, tensors) - row.million_parameters) > rounding) continue;
    const auto body = row.layers();
    const auto state = nn::state_of(*body);
    const bool whole = std::all_of(state.begin(), state.end(), [&](const auto& item) {
      const auto found = tensors.find(item.first);
      return found == tensors.end() ? item.first.ends_with("num_batches_tracked")
                                    : found->second.sizes() == item.second.sizes();
    });
    const bool all = std::all_of(tensors.begin(), tensors.end(), [&](const auto& item) {
      return state.contains(item.first) || row.is_classifier(item.first);
    });
    if (whole && all) return &row;
  }
  return nullptr;
}

}  // namespace tenfold::vision
