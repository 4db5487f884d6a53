#pragma once
// A set of features drawn in the plane: neighbours stay neighbours. The same bits for any number of threads.
// van der Maaten & Hinton, "Visualizing data using t-SNE", JMLR 9, 2008, exact gradients.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tenfold {

struct TsneOptions {
  double perplexity = 30;    ///< neighbours that an item counts as near; at most a third of the others
  int steps = 750;           ///< of gradient descent
  int exaggerated = 250;     ///< of those, at first, with affinities times `exaggeration`: clusters part early
  double exaggeration = 12;  ///< Linderman & Steinerberger 2019
};

/// Coordinates of rows [N, F] along the `count` directions of largest variance, the largest first: [N, min(count, N,
/// F)] fp64, of mean 0. Each direction points where its largest coordinate is positive. By subspace iteration (Halko,
/// Martinsson & Tropp 2011, algorithm 4.4), so F may be thousands.
at::Tensor principal_components(const at::Tensor& rows, int64_t count);

/// p_{j|i}, [N, N] fp64: how near j is to i, a Gaussian whose width gives row i the perplexity 2^H asked for; rows sum
/// to 1. Rows whose neighbours all coincide share evenly.
at::Tensor affinities(const at::Tensor& rows, double perplexity, int threads);

/// Positions [N, 2] fp32 of rows [N, D]. It begins at the first two columns, made small, so that where groups lie
/// depends on the data, not on luck (Kobak & Berens 2019). Rows are best principal components: it begins with them.
/// Fewer than 4 rows stay where they are. Quadratic in N: seconds at 2,000.
at::Tensor tsne(const at::Tensor& rows, const TsneOptions& options, int threads);

/// Features [N, F] → positions [N, 2]: 50 principal components, then t-SNE.
at::Tensor embedding(const at::Tensor& features, int threads);

}  // namespace tenfold
