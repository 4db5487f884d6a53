#pragma once
// Convolution, linear, norm and dropout as modules of ours: the seams where own kernels go. Parameters are fp32 masters
// and carry torchvision's names; each layer computes in the dtype of its input (bf16 or fp32), casting its weight in
// the graph.

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tenfold::nn {

struct ConvOptions {
  int64_t in = 0, out = 0;  ///< channels
  int64_t kernel = 3;
  int64_t kernel_width = 0;  ///< where it is not that of a square; goes with `same`
  int64_t stride = 1;
  int64_t padding = 0;  ///< each side; ignored with `same`
  int64_t dilation = 1;
  int64_t groups = 1;  ///< = in for depthwise
  bool bias = false;
  bool same = false;  ///< TensorFlow's SAME: output ceil(size / stride), the odd pixel of padding at the end
};

/// weight [out, in / groups, kernel, kernel or kernel_width], bias [out]. x [N, in, H, W] → [N, out, H', W'],
/// channels-last in, channels-last out.
class Conv2dImpl : public torch::nn::Cloneable<Conv2dImpl> {
 public:
  explicit Conv2dImpl(const ConvOptions& options);
  void reset() override;
  torch::Tensor forward(const torch::Tensor& x);
  const ConvOptions& options() const { return options_; }
  torch::Tensor weight, bias;

 private:
  ConvOptions options_;
};
TORCH_MODULE(Conv2d);

/// weight [out, in], bias [out]. x [N, in] → [N, out].
class LinearImpl : public torch::nn::Cloneable<LinearImpl> {
 public:
  LinearImpl(int64_t in, int64_t out, bool bias = true);
  void reset() override;
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, bias;

 private:
  int64_t in_, out_;
  bool with_bias_;
};
TORCH_MODULE(Linear);

/// Layers that draw random numbers in training: the Learner reseeds them before every step, so a step's masks depend on
/// (seed, step, layer) and a resumed run repeats them.
class Stochastic {
 public:
  virtual ~Stochastic() = default;
  virtual void reseed(uint64_t key) = 0;
};

/// Reseeds every Stochastic layer below `module`, each with its own key made from (seed, step, its place).
void reseed(torch::nn::Module& module, uint64_t seed, uint64_t step);

/// Zeroes elements with probability p in training and scales the rest by 1/(1-p); the identity in evaluation.
/// Hinton et al. 2012, arXiv 1207.0580.
class DropoutImpl : public torch::nn::Cloneable<DropoutImpl>, public Stochastic {
 public:
  explicit DropoutImpl(double p);
  void reset() override {}
  torch::Tensor forward(const torch::Tensor& x);
  void reseed(uint64_t key) override {
    key_ = key;
    calls_ = 0;
  }

 private:
  double p_;
  uint64_t key_ = 0, calls_ = 0;
};
TORCH_MODULE(Dropout);

}  // namespace tenfold::nn
