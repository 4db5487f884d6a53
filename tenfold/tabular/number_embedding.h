#pragma once
// Numbers as vectors, so that a network sees thresholds and fine detail as trees do. Gorishniy et al., "On embeddings
// for numerical features in tabular deep learning", 2022, arXiv 2203.05556.

#include <torch/nn/cloneable.h>
#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>

namespace tenfold::tabular {

/// [N, K] fp32 → [N, K · size()] fp32.
class NumberVectors : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
  /// Width of a number's vector.
  virtual int64_t size() const = 0;
  /// What it takes from the training rows [N, K] fp32 before the first step; by default nothing.
  virtual void fit(const torch::Tensor&) {}
};

/// Section 3.2: the quantiles of the training rows cut a column's range in bins; element t says how far the number
/// fills bin t, 0 below it, 1 above, outside the first and the last bin by the same straight line. Then a linear layer
/// a column and a ReLU. Repeated quantiles make a bin of no width, which stays 0. Buffer edges [K, bins + 1];
/// parameters weight [K, bins, size], bias [K, size].
class PiecewiseLinear : public NumberVectors {
 public:
  PiecewiseLinear(int64_t columns, int64_t bins, int64_t size, uint64_t seed);
  torch::Tensor forward(const torch::Tensor& x) override;
  int64_t size() const override { return size_; }
  /// Quantiles of at most 2^18 rows, evenly spread over all.
  void fit(const torch::Tensor& x) override;
  /// [N, K] → [N, K, bins]: before the linear layer.
  torch::Tensor encode(const torch::Tensor& x) const;

 private:
  int64_t bins_, size_;
  torch::Tensor edges_, weight_, bias_;
};

/// Section 3.3: sines and cosines of 2π · c · x with learnt frequencies c, which start normal with deviation `scale`;
/// then a linear layer a column and a ReLU ("PLR"). Parameters frequencies [K, count], weight [K, 2 count, size], bias
/// [K, size].
class Periodic : public NumberVectors {
 public:
  Periodic(int64_t columns, int64_t count, double scale, int64_t size, uint64_t seed);
  torch::Tensor forward(const torch::Tensor& x) override;
  int64_t size() const override { return size_; }

 private:
  int64_t size_;
  torch::Tensor frequencies_, weight_, bias_;
};

/// RealMLP's densely connected form: x itself, then a linear layer of cos(2π · (c · x + b)) with learnt phases, without
/// an activation. Holzmüller et al. 2024, arXiv 2407.04491, section 3.2 ("PBLD"). Parameters frequencies, phases [K,
/// count], weight [K, count, size - 1], bias [K, size - 1].
class DensePeriodic : public NumberVectors {
 public:
  DensePeriodic(int64_t columns, int64_t count, double scale, int64_t size, uint64_t seed);
  torch::Tensor forward(const torch::Tensor& x) override;
  int64_t size() const override { return size_; }

 private:
  int64_t size_;
  torch::Tensor frequencies_, phases_, weight_, bias_;
};

}  // namespace tenfold::tabular
