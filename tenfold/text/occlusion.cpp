#include "tenfold/text/occlusion.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/train/layer_groups.h"

namespace tenfold::text {

at::Tensor occlusion(nn::Model& model, const at::Tensor& ids, int64_t unknown, int64_t output) {
  constexpr int64_t kBatch = 64;
  const at::NoGradGuard no_grad;
  const EvaluationMode evaluation(model);
  const int64_t length = ids.size(0);
  const auto logit = [&](const at::Tensor& rows) {
    const auto logits = model.forward({rows, at::full({rows.size(0)}, length, at::kLong)});
    if (output < 0 || output >= logits.size(1))
      throw ConfigError("occlusion.output", "is " + std::to_string(output) + "; the model has " +
                                                std::to_string(logits.size(1)) + " outputs, numbered from 0");
    return logits.select(1, output).to(at::kFloat);
  };
  const auto whole = logit(ids.unsqueeze(0));
  std::vector<at::Tensor> lost;
  for (int64_t first = 0; first < length; first += kBatch) {
    const int64_t count = std::min(kBatch, length - first);
    const auto rows = ids.repeat({count, 1});
    rows.narrow(1, first, count).diagonal().fill_(unknown);
    lost.push_back(whole - logit(rows));
  }
  return lost.empty() ? at::zeros({0}, at::kFloat) : at::cat(lost);
}

}  // namespace tenfold::text
