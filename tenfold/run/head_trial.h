#pragma once
// What a head learns from cached features: trained anew and measured on one validation set, or in folds.

#include <cstdint>
#include <memory>

#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/learner.h"

namespace tenfold {

using Features = std::shared_ptr<const FeatureDataset>;

struct HeadTrial {
  double value = 0;  ///< of the learner's first metric; in folds their mean
  double error = 0;  ///< its standard error: of a share binomial, in folds from their spread; 0 where unknown
  int folds = 0;     ///< 0: one validation set
};

/// A head like the learner's, from its first weights, on train's features and measured on valid's: one cycle of as many
/// epochs as show it 60,000 items, from 2 to 60. The learner is left as it is.
HeadTrial try_head(Learner& learner, const Features& train, const Features& valid);

/// The same in `folds` folds of both together, the classes' shares kept: where the split is by seed, no validation set
/// is another's better.
HeadTrial try_head_in_folds(Learner& learner, const Features& train, const Features& valid, int folds);

}  // namespace tenfold
