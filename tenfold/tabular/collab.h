#pragma once
// Collaborative filtering: ratings from a user's vector and an item's. Koren et al., "Matrix factorization techniques
// for recommender systems", IEEE Computer 2009; fastai 2.x's EmbeddingDotBias and EmbeddingNN.

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "tenfold/tabular/collab_options.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/tabular/learner.h"

namespace tenfold::tabular {

/// u · v + b_u + b_v; the task's range makes a rating of it. Parameters u_weight.weight [users, factors],
/// i_weight.weight [items, factors], u_bias.weight [users, 1], i_bias.weight [items, 1]. One layer group.
class DotBias : public nn::Model {
 public:
  DotBias(int64_t users, int64_t items, const CollabOptions& options, uint64_t seed);
  /// x[0]: int64 [N, 2], user and item → [N, factors + 2] fp32, whose sum is the logit.
  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override { return features.sum(1, /*keepdim=*/true); }
  std::vector<nn::LayerGroup> groups() const override;
  std::shared_ptr<torch::nn::Module> head_module() const override { return sum_; }
  std::string body_fingerprint() const override;

 private:
  int64_t factors_;
  Vectors user_vectors_{nullptr}, item_vectors_{nullptr}, user_biases_{nullptr}, item_biases_{nullptr};
  std::shared_ptr<torch::nn::Module> sum_ = std::make_shared<torch::nn::Module>();  ///< the head has no parameters
};

/// `users` and `items` count index 0, which stands for those that training has not seen: its vectors stay near 0, so
/// that an unseen user gets an item's bias and an unseen item a user's.
std::shared_ptr<nn::Model> make_collab_model(const CollabOptions& options, int64_t users, int64_t items, uint64_t seed);

/// Of ratings as rows of codes [N, 2], user and item, and a target [N, 1] fp32; table.shape.levels are users and items.
Learner collab_learner(const TableData& ratings, const CollabOptions& options, LearnerOptions training = {});

/// Makes the unseen user the mean of all users, and the unseen item that of all items, in every table of vectors below
/// `model`: what most like is then recommended to a new user. Call it after training.
void average_unseen(torch::nn::Module& model);

struct Recommendation {
  int64_t item = 0;
  double rating = 0;  ///< predicted, in the target's unit
};

/// The `count` items with the highest predicted ratings for `user` (0: unseen), best first, ties by number; without
/// index 0 and without `seen`. Fewer where fewer are left. Throws ConfigError where there is no such user.
std::vector<Recommendation> recommend(Learner& learner, int64_t users, int64_t items, int64_t user, int64_t count,
                                      const std::unordered_set<int64_t>& seen);

/// Mean over users of the share of their relevant items (those of `valid` with a rating of at least `relevant`) that
/// are among their `count` recommendations, from which what they rated in `train` is left out. Users without relevant
/// items do not count; NaN where there is none with any. Of more than `most_users` (0: no bound) users every second,
/// third, … is looked at.
double recall_at(Learner& learner, const TableDataset& train, const TableDataset& valid, int64_t users, int64_t items,
                 int64_t count, double relevant, int64_t most_users = 0);

/// Of the ratings, as they are learnt.
double mean_target(const TableDataset& ratings);

}  // namespace tenfold::tabular
