#include "tenfold/train/callbacks/best_model.h"

#include <torch/types.h>

#include <limits>
#include <memory>
#include <utility>

#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/callbacks/monitor.h"

namespace tenfold {
namespace {

using Weights = std::map<std::string, at::Tensor>;

constexpr const char* kPrefix = "weights/";

struct Best {
  Monitor monitor;
  double loss = std::numeric_limits<double>::infinity();
  Weights kept, validated;
};

Weights copy_of(const nn::Model& model) {
  Weights copy;
  for (const auto& [name, tensor] : nn::state_of(model)) copy[name] = tensor.detach().clone();
  return copy;
}

bool better(Best& best, const EpochRow& row) {
  const double loss = row.valid_loss.value_or(std::numeric_limits<double>::infinity());
  const bool tie = best.monitor.best() && best.monitor.value(row) == *best.monitor.best();
  if (!best.monitor.improved(row) && !(tie && loss < best.loss)) return false;
  best.loss = loss;
  return true;
}

}  // namespace

Callback best_model(const BestModelOptions& options) {
  auto best = std::make_shared<Best>(Best{.monitor = Monitor(options.metric), .kept = {}, .validated = {}});
  Callback callback{.name = "best_model"};
  callback.on_fit_begin = [best](Learner& learner) {
    best->monitor.begin(learner, "best_model");
    best->loss = std::numeric_limits<double>::infinity();
    best->kept.clear();
  };
  // Taken while the validated weights are in (an average's, with ema), before it is known whether they are the best.
  callback.after_validation = [best](Learner& learner) { best->validated = copy_of(learner.model()); };
  callback.on_epoch = [best](Learner&, EpochRow& row) {
    if (better(*best, row)) best->kept = std::move(best->validated);
    best->validated.clear();
    return Next::go_on;
  };
  callback.on_fit_end = [best](Learner& learner) {
    const at::NoGradGuard no_grad;
    if (!best->kept.empty())
      for (auto& [name, tensor] : nn::state_of(learner.model())) at::Tensor(tensor).copy_(best->kept.at(name));
    best->kept.clear();
  };
  callback.state = [best] {
    Weights state;
    if (best->kept.empty()) return state;
    for (const auto& [name, tensor] : best->kept) state[kPrefix + name] = tensor;
    state["best"] = at::scalar_tensor(*best->monitor.best(), at::kDouble);
    state["loss"] = at::scalar_tensor(best->loss, at::kDouble);
    return state;
  };
  callback.load_state = [best](const Weights& state) {
    if (state.empty()) return;
    for (const auto& [name, tensor] : state)
      if (name.starts_with(kPrefix)) best->kept[name.substr(std::string(kPrefix).size())] = tensor.clone();
    best->monitor.set_best(state.at("best").item<double>());
    best->loss = state.at("loss").item<double>();
  };
  return callback;
}

}  // namespace tenfold
