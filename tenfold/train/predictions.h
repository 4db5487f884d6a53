#pragma once
// Evaluation, prediction and test-time augmentation.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tenfold/train/learner.h"

namespace tenfold {

/// A row an item; where items have several rows (Batch::rows: the words of a sentence), one after the other.
struct Predictions {
  at::Tensor activated;                 ///< [N, classes] probabilities, or [N, outputs] values, fp32, in dataset order
  at::Tensor target;                    ///< as collated; undefined where there are no labels
  at::Tensor item_loss;                 ///< [N]; undefined without labels
  std::vector<std::string> names;       ///< one a row
  std::vector<int64_t> index;           ///< one a row: the item's number in the dataset (skipped items are missing)
  std::vector<int64_t> feature_rows{};  ///< rows of items whose features were kept, ascending
  at::Tensor features{};                ///< [M, F] fp32, pooled, of feature_rows; undefined unless asked for
};

/// One plain pass in evaluation mode; modes and weights are as before afterwards. Keeps the pooled features of at most
/// `features` items, drawn by the seed. Throws ConfigError where the split is not there.
Predictions predict(Learner& learner, Split split, const OnItems& progress = {}, int64_t features = 0);

/// The same bits in parts of about `items` items, in the data's order, each handed to `use` before the next is begun:
/// memory is that of one part. Where the dataset has an order of its own (texts by length) all is one part. No
/// features.
void predict_in_parts(Learner& learner, Split split, int64_t items, const std::function<void(Predictions)>& use,
                      const OnItems& progress = {});

/// Several views of each item, averaged as probabilities (never as logarithms), or their maximum.
/// modern (fastai 2.x): plain_weight · plain + (1 - plain_weight) · mean of the augmented views. legacy (0.7): mean
/// over the views and ceil(views / 4) copies of the plain one, so 1/5 plain for 4 views. View k is the training view of
/// an epoch of its own, 2^31 + k, which no training reaches. mirror: half plain, half mirrored. five_crops: mean of the
/// middle and the corners of the plain view read one seventh larger (Krizhevsky et al. 2012). mirror_shifts: plain
/// half, shifted by (-s, -s) and (s, s) a quarter each, s = max(1, side / 32) pixels, reflected at the border, and each
/// half mirrored (Jordan 2024, airbench, arXiv 2404.00498). item_loss is that of the average.
/// Throws ConfigError where features are cached, where random views are asked of data without augmentation, or fixed
/// ones of data that are no images.
Predictions tta(Learner& learner, Split split, const TtaOptions& options = {}, const OnItems& progress = {});

/// Throws what tta() would for these options and data, before anything is computed.
void check_views(const Learner& learner, Split split, const TtaOptions& options);

/// What each item's loss counts in the mean, [N] fp32: its class's weight where a single-label task has class weights,
/// of a language model its tokens, else 1.
at::Tensor item_weights(const nn::Task& task, const at::Tensor& target);

struct Evaluation {
  double loss = 0;
  std::map<std::string, double> metrics;
};
/// Over the whole set; the loss is the mean that training minimises. Empty where predictions have no target.
Evaluation evaluate(const nn::Task& task, const Predictions& predictions, const std::vector<std::string>& metrics);

}  // namespace tenfold
