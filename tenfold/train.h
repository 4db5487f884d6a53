#pragma once
// Everything for training a model of one's own: learner, finder, cached features, TTA, callbacks, checkpoints.
// For programs outside the library; its rooms include what they use.

#include "tenfold/train/callbacks/best_model.h"
#include "tenfold/train/callbacks/checkpoints.h"
#include "tenfold/train/callbacks/clip.h"
#include "tenfold/train/callbacks/early_stop.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/callbacks/mixup.h"
#include "tenfold/train/callbacks/nan_watch.h"
#include "tenfold/train/callbacks/progress.h"
#include "tenfold/train/checkpoint.h"
#include "tenfold/train/interpretation.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/lr_find.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/precompute.h"
#include "tenfold/train/predictions.h"
