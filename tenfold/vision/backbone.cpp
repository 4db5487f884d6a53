#include "tenfold/vision/backbone.h"

#include <algorithm>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kImageNetClasses = 1000;

std::vector<BackboneRow> all_rows() {
  std::vector<BackboneRow> all;
  for (const auto& family : {small_resnets(), resnets(), efficientnet_lites()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

}  // namespace

Classifier::Classifier(std::shared_ptr<Backbone> body, const std::string& name, int64_t outputs)
    : body_(std::move(body)) {
  for (const auto& child : body_->named_children()) register_module(child.key(), child.value());
  linear_ = register_module(name, nn::Linear(body_->channels(), outputs));
}

torch::Tensor Classifier::forward(const torch::Tensor& x) { return linear_(nn::mean_pool(body_->forward(x))); }

std::shared_ptr<Backbone> BackboneRow::make(uint64_t seed) const {
  auto body = layers();
  nn::initialise(*body, seed);
  return body;
}

std::shared_ptr<Classifier> BackboneRow::make_classifier() const {
  return classifier.empty() ? nullptr : std::make_shared<Classifier>(layers(), classifier, kImageNetClasses);
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

const BackboneRow* recognise(const std::map<std::string, torch::Tensor>& tensors) {
  for (const auto& row : backbones()) {
    const auto body = row.layers();
    const auto state = nn::state_of(*body);
    const bool whole = std::all_of(state.begin(), state.end(), [&](const auto& item) {
      const auto found = tensors.find(item.first);
      return found == tensors.end() ? item.first.ends_with("num_batches_tracked")
                                    : found->second.sizes() == item.second.sizes();
    });
    const bool all = std::all_of(tensors.begin(), tensors.end(), [&](const auto& item) {
      return state.contains(item.first) || (!row.classifier.empty() && item.first.starts_with(row.classifier + "."));
    });
    if (whole && all) return &row;
  }
  return nullptr;
}

}  // namespace tenfold::vision
