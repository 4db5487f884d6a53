#pragma once
// A network as the Learner sees it: features, head, and layer groups in order from the input.

#include <torch/nn/module.h>
#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tenfold::nn {

/// Modules that are frozen together and share a learning rate.
struct LayerGroup {
  std::string name;
  std::vector<std::shared_ptr<torch::nn::Module>> modules;
};

/// Logits [N, K] fp32, and the weight of their loss in training.
struct WeightedLogits {
  torch::Tensor logits;
  double weight = 1;
};

class Model : public torch::nn::Module {
 public:
  /// Inputs as in Batch::x after the batch transform → pooled features [N, F] fp32: what `precompute` caches.
  virtual torch::Tensor features(const std::vector<torch::Tensor>& x) = 0;
  /// Features [N, F] → logits [N, K] fp32.
  virtual torch::Tensor head(const torch::Tensor& features) = 0;
  torch::Tensor forward(const std::vector<torch::Tensor>& x) { return head(features(x)); }

  /// What the training loss is made of: forward(x), and in networks with auxiliary heads the logits of those.
  virtual std::vector<WeightedLogits> training_logits(const std::vector<torch::Tensor>& x);
  /// Sum of weight · loss(logits) over training_logits(x), in that order; scalar. Models with regularisers of their own
  /// add what carries their gradient and no value.
  virtual torch::Tensor training_loss(const std::vector<torch::Tensor>& x,
                                      const std::function<torch::Tensor(const torch::Tensor& logits)>& loss);

  /// From the input to the head; the head is the last group. Every parameter is in exactly one group.
  virtual std::vector<LayerGroup> groups() const = 0;
  /// The head alone, a module from features to logits; shared with this model.
  virtual std::shared_ptr<torch::nn::Module> head_module() const = 0;
  /// Changes whenever features(x) would: architecture and a hash of the body's weights and buffers. Keys the feature
  /// cache.
  virtual std::string body_fingerprint() const = 0;

  /// The network in two: what layer groups [0, cut) make of x, [N, …], and the logits [N, K] fp32 that the rest makes
  /// of that. A cut at the last group is features() and head(); networks that can be cut elsewhere override all three.
  /// Throws ConfigError("cut") for other cuts.
  virtual torch::Tensor activations(const std::vector<torch::Tensor>& x, int cut);
  virtual torch::Tensor logits_from(const torch::Tensor& activations, int cut);
  /// Changes whenever activations(x, cut) would.
  virtual std::string fingerprint(int cut) const;
};

/// Norm layers (NormAct, LayerNorm) below `module`.
std::vector<torch::nn::Module*> norms(torch::nn::Module& module);

/// True for parameters that usually carry no weight decay: those of norms, every bias, layer scales, and the class
/// token and positions of transformers.
bool is_norm_or_bias(const torch::nn::Module& owner, const std::string& parameter);

}  // namespace tenfold::nn
