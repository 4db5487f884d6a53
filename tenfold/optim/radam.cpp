// Rectified Adam: plain momentum until the variance of the adaptive rate can be trusted, then Adam times a
// rectification. Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020, algorithm 2.

#include <ATen/ops/_foreach_addcdiv.h>

#include "tenfold/optim/moments.h"
#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

/// The factor on Adam's step at step t, or 0 where the step is to be without the denominator.
double rectification(double t, double beta2) {
  const double limit = 2 / (1 - beta2) - 1;
  const double length = limit - 2 * t * std::pow(beta2, t) / (1 - std::pow(beta2, t));
  if (!(length > 5)) return 0;  // 5 as PyTorch and fastai have it; the paper's 4 makes the factor near 0 at first
  return std::sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
}

class RAdam : public SlotOptimizer {
 public:
  RAdam(std::vector<Group> groups, const Options& options)
      : SlotOptimizer(std::move(groups), options, {"mean", "square"}) {}

 private:
  void update(const Work& work) override {
    update_moments(work.slots[0], work.slots[1], work.gradients, options_.momentum, options_.beta2);
    const auto steps = host_steps(work);
    auto below = denominators(work.slots[1], steps, options_.beta2, options_.eps);
    std::vector<at::Scalar> factors;
    for (size_t k = 0; k < steps.size(); ++k) {
      const double rectified = rectification(steps[k], options_.beta2);
      if (rectified == 0) below[k].fill_(1);
      factors.emplace_back(-work.lr * (rectified == 0 ? 1 : rectified) / (1 - std::pow(options_.momentum, steps[k])));
    }
    at::_foreach_addcdiv_(work.parameters, work.slots[0], below, factors);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_radam(std::vector<Group> groups, const Options& options) {
  return std::make_unique<RAdam>(std::move(groups), options);
}

}  // namespace tenfold::optim
