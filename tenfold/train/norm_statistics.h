#pragma once
// Running statistics of norms, measured anew: weights that were averaged, or put together otherwise, see other
// activations than those that the statistics were collected on.

#include "tenfold/train/learner.h"

namespace tenfold {

/// One pass over the training data in training mode, without gradients: every norm whose statistics move in training
/// ends with the plain mean over batches of the batch's mean and variance (Izmailov et al. 2018, section 3.2). Views,
/// order and dropout are keyed apart from training's. Norms that are kept as they are (frozen groups) stay so. Where
/// `progress` throws, the statistics are those of before.
void measure_norms(Learner& learner, const OnItems& progress = {});

}  // namespace tenfold
