#pragma once
// A trained model as evaluate, predict and explain take it up: with the options that it was trained with.

#include <cstdint>

#include "tenfold/bundle/bundle.h"
#include "tenfold/train/options.h"

namespace tenfold::cli {

struct Pass {
  int64_t batch = 0;  ///< 0: as the kind of data likes it
  int workers = 0;
  int64_t skip_broken = 0;
};

/// Precision, threads and seed of the model's own run, so that predictions have the same bits.
LearnerOptions options_for(const Pipeline& pipeline, const Pass& pass);

/// Seed of the run: the split of data without a validation folder follows from it.
uint64_t seed_of(const Pipeline& pipeline);

}  // namespace tenfold::cli
