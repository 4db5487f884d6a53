#include "tenfold/vision/grad_cam.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/machine.h"
#include "tenfold/vision/map_model.h"

namespace tenfold::vision {
namespace {

/// Of each item its own output, [N].
at::Tensor chosen(const nn::Task& task, const at::Tensor& logits, const std::vector<int64_t>& outputs) {
  const auto column = at::tensor(outputs, at::kLong).to(logits.device()).unsqueeze(1);
  const auto scores = task.kind == nn::TaskKind::ordinal ? nn::activate(task, logits).clamp_min(1e-12).log() : logits;
  return scores.gather(1, column).squeeze(1);
}

}  // namespace

at::Tensor grad_cam(Learner& learner, const at::Tensor& x, const std::vector<int64_t>& outputs) {
  if (x.size(0) != static_cast<int64_t>(outputs.size()))
    throw ConfigError("heat maps", "were asked for " + std::to_string(outputs.size()) + " outputs of " +
                                       std::to_string(x.size(0)) + " pictures; give one output a picture");
  auto* model = dynamic_cast<MapModel*>(&learner.model());
  if (!model) throw ConfigError("heat maps", "need a network of images whose features are pooled from maps");
  pin_threads(learner.options().threads);
  const EvaluationMode evaluation(*model);
  at::Tensor maps;
  {
    const at::NoGradGuard no_grad;
    maps = model->maps({x.to(learner.device(), learner.dtype()).contiguous(at::MemoryFormat::ChannelsLast)});
  }
  if (maps.size(2) * maps.size(3) == 1)
    throw ConfigError("heat maps",
                      "are not available for this network: its features keep no places (1 x 1 maps, as a "
                      "transformer's, or a picture too small); choose a convolutional backbone or larger pictures");
  const at::AutoGradMode with_gradient(true);
  maps = maps.to(at::kFloat).detach().requires_grad_();  // the body's own gradients are not needed
  const auto score = chosen(learner.task(), model->head(model->pooled(maps)), outputs).sum();
  const auto gradient = torch::autograd::grad({score}, {maps}).at(0);
  const at::NoGradGuard no_grad;
  return (gradient.mean({2, 3}, /*keepdim=*/true) * maps).sum(1).relu().cpu();
}

at::Tensor heat_of(const at::Tensor& maps, int64_t size) {
  const auto large = at::upsample_bilinear2d(maps.unsqueeze(1), {size, size}, /*align_corners=*/false).squeeze(1);
  const auto most = large.amax({1, 2}, /*keepdim=*/true);
  return at::where(most > 0, large / most.clamp_min(1e-30), at::zeros_like(large));
}

}  // namespace tenfold::vision
