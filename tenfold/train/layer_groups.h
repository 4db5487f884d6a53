#pragma once
// Layer groups in training: what is frozen, which norms keep their statistics, and the optimiser's groups over what is
// left.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/optim/optimizer.h"
#include "tenfold/train/options.h"
#include "tenfold/train/rates.h"

namespace tenfold {

/// How much of a model trains: groups [0, frozen) do not, their norms as `norms` says.
///   evaluate        fastai 0.7: weights and statistics of frozen groups' norms stay
///   train           fastai 2.x: weights and statistics of norms train everywhere, at their own group's rate
///   statistics      2.x with train_bn = False: statistics move, weights of frozen groups stay
///   evaluate_body   0.7's bn_freeze: statistics stay in every group but the head, whose own are new; weights train
///                   with their group
struct Freezing {
  int frozen = 0;
  FrozenNorms norms = FrozenNorms::evaluate;
};

/// "3 layer groups (0 early, 1 late, 2 head)", for messages.
std::string named_groups(const nn::Model& model);

/// Sets requires_grad of every parameter, and drops gradients of those that no longer train.
void set_trained(const Freezing& freezing, const nn::Model& model);

/// Training mode, with norms in evaluation mode where their statistics are to stay.
void set_training_mode(nn::Model& model, const Freezing& freezing);

/// Puts a model into evaluation mode, and every module back into the mode it was in.
class EvaluationMode {
 public:
  explicit EvaluationMode(nn::Model& model);
  ~EvaluationMode();
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> before_;
};

/// Peak rates, one a layer group; 0 for a group in which nothing trains. Throws ConfigError as spread() does.
std::vector<double> rates_of_groups(const Rates& rates, int groups, const Freezing& freezing);

/// A new optimiser over what trains, with each layer group split by decay.
class GroupedOptimizer {
 public:
  /// decays, rates: one a layer group.
  GroupedOptimizer(const nn::Model& model, const Freezing& freezing, const optim::Options& options,
                   const std::vector<double>& decays, const std::vector<double>& rates);

  /// One rate a layer group.
  void set_lr(const std::vector<double>& rates);
  optim::Optimizer& operator*() { return *optimizer_; }
  optim::Optimizer* operator->() { return optimizer_.get(); }
  const optim::Optimizer* operator->() const { return optimizer_.get(); }

 private:
  std::vector<size_t> layer_group_;  ///< of each of the optimiser's groups
  std::unique_ptr<optim::Optimizer> optimizer_;
};

}  // namespace tenfold
