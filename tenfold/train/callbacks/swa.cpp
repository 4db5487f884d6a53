#include "tenfold/train/callbacks/swa.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/norm_statistics.h"

namespace tenfold {
namespace {

struct Mean {
  double first = 0;  ///< the ends of epochs count from the one at which this many are done
  std::vector<std::string> names;
  std::vector<at::Tensor> weights;  ///< views of the parameters that train
  std::vector<at::Tensor> mean;
  int64_t count = 0;

  void begin(Learner& learner, double start) {
    const double epochs = learner.record().stages.back().plan.at("epochs").get<double>();
    *this = {};
    first = first_averaged(start, epochs);
    for (const auto& item : learner.model().named_parameters()) {
      if (!item.value().requires_grad()) continue;
      names.push_back(item.key());
      weights.push_back(item.value().detach());
      mean.push_back(at::zeros_like(weights.back()));
    }
  }
  void add() { at::_foreach_lerp_(mean, weights, 1 / static_cast<double>(++count)); }
  void show() {
    for (size_t k = 0; k < weights.size(); ++k) weights[k].copy_(mean[k]);
  }
};

}  // namespace

double first_averaged(double start, double epochs) {
  const double first = std::max(1.0, std::ceil(start * epochs - 1e-9));
  if (std::ceil(epochs) - first < 1)
    throw ConfigError("swa", "averages the ends of epochs after a share of " + shortest(start) + " of the fit, and " +
                                 shortest(epochs) +
                                 " epochs leave fewer than two of them; start earlier, or train longer");
  return first;
}

Callback swa(const SwaOptions& options) {
  if (!(options.start >= 0 && options.start < 1))
    throw ConfigError("swa", "starts after a share of " + shortest(options.start) +
                                 " of the fit; needs one from 0 to below 1, such as 0.75");
  auto mean = std::make_shared<Mean>();
  Callback callback{.name = "swa"};
  callback.on_fit_begin = [mean, start = options.start](Learner& learner) { mean->begin(learner, start); };
  callback.on_epoch = [mean](Learner&, EpochRow& row) {
    const at::NoGradGuard no_grad;
    if (row.epoch + 1 >= mean->first) mean->add();
    return Next::go_on;
  };
  callback.on_fit_end = [mean, progress = options.progress](Learner& learner) {
    if (mean->count == 0) return;  // stopped before
    const at::NoGradGuard no_grad;
    mean->show();
    measure_norms(learner, progress);
  };
  callback.state = [mean] {
    std::map<std::string, at::Tensor> state{{"count", at::scalar_tensor(mean->count, at::kLong)}};
    if (mean->count > 0)
      for (size_t k = 0; k < mean->names.size(); ++k) state["mean/" + mean->names[k]] = mean->mean[k].clone();
    return state;
  };
  callback.load_state = [mean](const std::map<std::string, at::Tensor>& state) {
    mean->count = state.at("count").item<int64_t>();
    if (mean->count > 0)
      for (size_t k = 0; k < mean->names.size(); ++k) mean->mean[k].copy_(state.at("mean/" + mean->names[k]));
  };
  return callback;
}

}  // namespace tenfold
