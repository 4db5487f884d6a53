// Muon: the momentum of a convolution's kernel, made orthogonal before it is a step, so that every direction of the
// kernel moves alike; everything else by SGD with Nesterov's momentum. Jordan et al. 2024, "Muon: an optimizer for
// hidden layers in neural networks"; here as in the CIFAR-10 speedrun of the same author (airbench94), which also keeps
// each kernel at norm √out: the norm layer behind it makes its scale free.

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/add.h>
#include <ATen/ops/mm.h>

#include <cmath>

#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

constexpr int kIterations = 3;
/// A quintic whose iteration raises small singular values fastest; it ends near 1, not at it.
constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;

bool is_kernel(const at::Tensor& parameter) { return parameter.dim() == 4; }

/// [out, in · height · width], a view where the kernel lies channels-last. The order of columns does not matter.
at::Tensor as_matrix(const at::Tensor& kernel) { return kernel.permute({0, 2, 3, 1}).reshape({kernel.size(0), -1}); }

/// About U Vᵀ of the singular value decomposition U S Vᵀ of `matrix`, in bf16, by Newton and Schulz's iteration.
at::Tensor orthogonal(const at::Tensor& matrix) {
  auto x = matrix.to(at::kBFloat16);
  x = x / (x.norm() + 1e-7);
  const bool tall = matrix.size(0) > matrix.size(1);
  if (tall) x = x.t();
  for (int k = 0; k < kIterations; ++k) {
    const auto square = at::mm(x, x.t());
    x = x * kA + at::mm(square * kB + at::mm(square, square) * kC, x);
  }
  return tall ? x.t() : x;
}

class Muon : public SlotOptimizer {
 public:
  Muon(std::vector<Group> groups, const Options& options) : SlotOptimizer(std::move(groups), options, {"momentum"}) {}

 private:
  void update(const Work& work) override {
    std::vector<at::Tensor> parameters, gradients, velocities;
    for (size_t k = 0; k < work.parameters.size(); ++k) {
      if (is_kernel(work.parameters[k])) {
        turn(work.parameters[k], work.gradients[k], work.slots[0][k], work.lr);
        continue;
      }
      parameters.push_back(work.parameters[k]);
      gradients.push_back(work.gradients[k]);
      velocities.push_back(work.slots[0][k]);
    }
    if (parameters.empty()) return;
    const double momentum = options_.vector_momentum;
    at::_fused_sgd_(parameters, gradients, momentum > 0 ? at::TensorList(velocities) : at::TensorList(),
                    work.weight_decay, momentum, work.lr, /*dampening=*/0, /*nesterov=*/momentum > 0,
                    /*maximize=*/false, /*is_first_step=*/false);
  }

  void turn(const at::Tensor& kernel, const at::Tensor& gradient, const at::Tensor& velocity, double lr) const {
    velocity.mul_(options_.momentum).add_(gradient);
    const auto ahead = gradient.add(velocity, options_.momentum);
    // Not in place on a view of the parameter: its layout may need a copy.
    const auto size = static_cast<double>(kernel.size(0));
    kernel.mul_(std::sqrt(size) / (kernel.norm() + 1e-12));
    const auto step = orthogonal(as_matrix(ahead)).to(kernel.scalar_type());
    kernel.sub_(step.view({kernel.size(0), kernel.size(2), kernel.size(3), kernel.size(1)}).permute({0, 3, 1, 2}), lr);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_muon(std::vector<Group> groups, const Options& options) {
  return std::make_unique<Muon>(std::move(groups), options);
}

}  // namespace tenfold::optim
