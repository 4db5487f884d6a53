#pragma once
// The network of the CIFAR-10 speedrun airbench94 (Jordan 2024, arXiv 2404.00498): a whitening convolution, three pairs
// of 3x3 convolutions, one linear layer. 118 million multiplications an image of 32 x 32.

#include <tenfold/nn/layers.h>
#include <tenfold/nn/model.h>
#include <tenfold/nn/norm_gelu.h>

#include <array>
#include <memory>

namespace cifar {

struct NetOptions {
  std::array<int64_t, 3> widths = {64, 256, 256};
  uint64_t seed = 0;
};

class Net : public tenfold::nn::Model {
 public:
  /// `whitening`: [24, 3, 2, 2] fp32, from whitening_of().
  Net(const NetOptions& options, const torch::Tensor& whitening);

  torch::Tensor features(const std::vector<torch::Tensor>& x) override;
  torch::Tensor head(const torch::Tensor& features) override;
  /// "whitening" (its bias alone trains), "norms", "kernels", "head".
  std::vector<tenfold::nn::LayerGroup> groups() const override;
  std::shared_ptr<torch::nn::Module> head_module() const override;
  std::string body_fingerprint() const override;

  /// No gradient flows into the whitening from here on, which saves the first convolution's.
  void freeze_whitening();
  /// Floating-point operations of one image forward; a training step costs three times as many, but for the whitening
  /// and the gradient into it.
  double forward_flops() const;

 private:
  struct Whitening;
  struct Pair;
  struct Head;
  std::shared_ptr<Whitening> whitening_;
  std::vector<std::shared_ptr<Pair>> pairs_;
  std::shared_ptr<Head> head_;
};

/// The eigenvectors of the covariance of all 2 x 2 patches, each by 1 / sqrt(its eigenvalue + 5e-4), and their
/// negatives. images: [N, 3, H, W], normalised, fp32 → [24, 3, 2, 2].
torch::Tensor whitening_of(const torch::Tensor& images);

/// Of the same shape, random, each of length one, and their negatives: what whitening is compared with.
torch::Tensor random_filters(uint64_t seed);

}  // namespace cifar
