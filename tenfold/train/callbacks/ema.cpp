#include "tenfold/train/callbacks/ema.h"

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/learner.h"

namespace tenfold {
namespace {

struct Average {
  std::vector<std::string> names;
  std::vector<at::Tensor> weights;  ///< views of the model's floating-point parameters and buffers
  std::vector<at::Tensor> average;
  std::vector<at::Tensor> aside;  ///< the weights, while the average is in the model
  int64_t steps = 0;

  void begin(const nn::Model& model) {
    *this = {};
    for (const auto& [name, tensor] : nn::state_of(model)) {
      if (!tensor.is_floating_point()) continue;
      names.push_back(name);
      weights.push_back(tensor.detach());
      average.push_back(tensor.detach().clone());
    }
  }
  void add(double most) {
    const auto t = static_cast<double>(steps++);
    at::_foreach_lerp_(average, weights, 1 - std::min(most, (1 + t) / (10 + t)));
  }
  void show() {
    for (const auto& tensor : weights) aside.push_back(tensor.clone());
    copy(average);
  }
  void hide() {
    copy(aside);
    aside.clear();
  }
  void copy(const std::vector<at::Tensor>& from) {
    for (size_t k = 0; k < weights.size(); ++k) weights[k].copy_(from[k]);
  }
};

}  // namespace

Callback ema(const EmaOptions& options) {
  if (!(options.decay > 0 && options.decay < 1))
    throw ConfigError("ema",
                      "has a decay of " + std::to_string(options.decay) + "; needs one between 0 and 1, such as 0.999");
  auto average = std::make_shared<Average>();
  Callback callback{.name = "ema"};
  callback.on_fit_begin = [average](Learner& learner) { average->begin(learner.model()); };
  callback.on_step = [average, decay = options.decay](StepContext&) {
    const at::NoGradGuard no_grad;
    average->add(decay);
    return Next::go_on;
  };
  callback.before_validation = [average](Learner&) { average->show(); };
  callback.after_validation = [average](Learner&) { average->hide(); };
  callback.on_fit_end = [average](Learner&) { average->copy(average->average); };
  callback.state = [average] {
    std::map<std::string, at::Tensor> state{{"steps", at::scalar_tensor(average->steps, at::kLong)}};
    for (size_t k = 0; k < average->names.size(); ++k)
      state["average/" + average->names[k]] = average->average[k].clone();
    return state;
  };
  callback.load_state = [average](const std::map<std::string, at::Tensor>& state) {
    average->steps = state.at("steps").item<int64_t>();
    for (size_t k = 0; k < average->names.size(); ++k)
      average->average[k].copy_(state.at("average/" + average->names[k]));
  };
  return callback;
}

}  // namespace tenfold
