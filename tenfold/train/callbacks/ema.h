#pragma once
// Exponential moving average of the weights: smoother than the last step, nearly free.
// Polyak & Juditsky 1992; the warm-up of the decay as in TensorFlow's ExponentialMovingAverage.

#include "tenfold/train/callback.h"

namespace tenfold {

struct EmaOptions {
  double decay = 0.999;  ///< of the average, a step; its memory is about 1 / (1 - decay) steps
};

/// average ← d · average + (1 - d) · weights after every step, d = min(decay, (1 + t) / (10 + t)) for step t of the
/// fit, so that a short fit is not held back by its start. Norm statistics are averaged likewise. Validation sees the
/// average, and the fit ends with it in the model. Throws ConfigError for a decay outside (0, 1).
Callback ema(const EmaOptions& options);

}  // namespace tenfold
