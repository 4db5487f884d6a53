#pragma once
// How wide the vector of each categorical column is. Torch-free.

#include <cstdint>
#include <vector>

#include "tenfold/tabular/model_options.h"

namespace tenfold::tabular {

/// Of a column with n levels, missing counted. modern: min(600, round(1.6 n^0.56)), fastai 2.x's emb_sz_rule; legacy:
/// min(50, (n + 1) / 2), the rule of fast.ai's 0.7 notebooks.
int64_t embedding_size(EmbeddingRule rule, int64_t levels);

/// One a column: the options' own where they give one, else by the rule, which is `otherwise` where that is auto.
/// Throws ConfigError where the number of sizes is not that of the columns or one is negative.
std::vector<int64_t> embedding_sizes(const ModelOptions& options, const std::vector<int64_t>& levels,
                                     EmbeddingRule otherwise);

}  // namespace tenfold::tabular
