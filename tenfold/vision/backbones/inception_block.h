#pragma once
// What Inception v3 and v4 are made of: convolutions with norm and ReLU, and blocks of branches whose maps are put side
// by side. Szegedy et al. 2016, arXiv 1512.00567 and 1602.07261.

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"

namespace tenfold::vision::inception {

/// Around a convolution of stride 1: zeros that keep the size, or nothing. Others have nothing.
enum class Edge { zeros, none };

/// A convolution of a table. `name` is below the block; dots in it are modules between.
struct Conv {
  std::string name;
  int64_t out = 0;
  int64_t rows = 1, columns = 1;  ///< of the kernel
  int64_t stride = 1;
  Edge edge = Edge::zeros;
};

/// Convolution, norm (eps 1e-3), ReLU; parameters conv.weight, bn.…. [N, in, H, W] → [N, out, H', W'].
class ConvNorm : public torch::nn::Module {
 public:
  ConvNorm(int64_t in, const Conv& conv);
  at::Tensor forward(const at::Tensor& x);

 private:
  nn::Conv2d conv_;
  nn::NormAct norm_;
};

/// What a branch takes: the block's input, its 3x3 maximum with stride 2, or its 3x3 mean with stride 1 and zeros
/// around it, which count in the mean or do not.
enum class From { input, maximum, mean_with_zeros, mean_inside };

struct Branch {
  From from = From::input;
  std::vector<Conv> row;     ///< one after the other
  std::vector<Conv> fork{};  ///< then these, side by side
};

/// [N, in, H, W] → [N, out(), H', W']: the branches' maps in order.
class Block : public torch::nn::Module {
 public:
  Block(int64_t in, const std::vector<Branch>& branches);
  at::Tensor forward(const at::Tensor& x);
  int64_t out() const { return out_; }

 private:
  struct Made {
    From from;
    std::vector<std::shared_ptr<ConvNorm>> row, fork;
  };
  std::shared_ptr<ConvNorm> add(int64_t in, const Conv& conv);

  std::vector<Made> branches_;
  int64_t out_ = 0;
};

}  // namespace tenfold::vision::inception
