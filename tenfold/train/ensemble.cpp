#include "tenfold/train/ensemble.h"

#include <torch/types.h>

#include <map>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold {
namespace {

/// Puts a model's weights back.
class WeightsKept {
 public:
  explicit WeightsKept(nn::Model& model) : model_(model) {
    for (const auto& [name, tensor] : nn::state_of(model)) before_[name] = tensor.detach().clone();
  }
  ~WeightsKept() {
    const at::NoGradGuard no_grad;
    for (auto& [name, tensor] : nn::state_of(model_)) at::Tensor(tensor).copy_(before_.at(name));
  }
  WeightsKept(const WeightsKept&) = delete;
  WeightsKept& operator=(const WeightsKept&) = delete;

 private:
  nn::Model& model_;
  std::map<std::string, at::Tensor> before_;
};

}  // namespace

Predictions ensemble(Learner& learner, const std::vector<std::filesystem::path>& files,
                     const std::function<Predictions(Learner&)>& predict_once) {
  if (files.empty()) throw ConfigError("ensemble", "has no weight files; name at least one");
  const WeightsKept kept(learner.model());
  Predictions all;
  for (const auto& file : files) {
    nn::load_into(learner.model(), nn::read_tensors(file), file.string());
    auto one = predict_once(learner);
    if (all.activated.defined())
      all.activated = all.activated + one.activated;
    else
      all = std::move(one);
  }
  all.activated = all.activated / static_cast<double>(files.size());
  if (all.target.defined())
    all.item_loss = nn::item_loss(learner.task(), nn::logits_of(learner.task(), all.activated), all.target);
  return all;
}

}  // namespace tenfold
