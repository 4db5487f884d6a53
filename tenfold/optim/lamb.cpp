// LAMB: Adam's step, scaled for each tensor to the size of its weights, for large batches.
// You et al., "Large batch optimization for deep learning", ICLR 2020. As in fastai the ratio is at most 10, and decay
// stays outside of it (the paper's is inside).

#include <ATen/ops/_foreach_norm.h>

#include <algorithm>

#include "tenfold/optim/moments.h"
#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

constexpr double kLargestRatio = 10;

class Lamb : public SlotOptimizer {
 public:
  Lamb(std::vector<Group> groups, const Options& options)
      : SlotOptimizer(std::move(groups), options, {"mean", "square"}) {}

 private:
  void update(const Work& work) override {
    update_moments(work.slots[0], work.slots[1], work.gradients, options_.momentum, options_.beta2);
    const auto steps = host_steps(work);
    auto updates = at::_foreach_div(work.slots[0], denominators(work.slots[1], steps, options_.beta2, options_.eps));
    std::vector<at::Scalar> corrections;
    for (const double t : steps) corrections.emplace_back(1 / (1 - std::pow(options_.momentum, t)));
    at::_foreach_mul_(updates, corrections);
    const auto weights = at::_foreach_norm(work.parameters), sizes = at::_foreach_norm(updates);
    std::vector<at::Scalar> factors;
    for (size_t k = 0; k < steps.size(); ++k) {
      const auto weight = weights[k].item<double>(), size = sizes[k].item<double>();
      factors.emplace_back(-work.lr * (weight == 0 || size == 0 ? 1 : std::min(weight / size, kLargestRatio)));
    }
    at::_foreach_mul_(updates, factors);
    at::_foreach_add_(work.parameters, updates);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_lamb(std::vector<Group> groups, const Options& options) {
  return std::make_unique<Lamb>(std::move(groups), options);
}

}  // namespace tenfold::optim
