// Stochastic gradient descent with momentum, Nesterov's if asked: v ← μv + g, p ← p − lr·v (or lr·(g + μv)).
// Sutskever et al., "On the importance of initialization and momentum", ICML 2013, in PyTorch's form.

#include <ATen/ops/_fused_sgd.h>

#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

class Sgd : public SlotOptimizer {
 public:
  Sgd(std::vector<Group> groups, const Options& options) : SlotOptimizer(std::move(groups), options, {"momentum"}) {}

 private:
  void update(const Work& work) override {
    // A velocity that starts at zero needs no special first step; without momentum the kernel refuses to be given one.
    const auto velocities = options_.momentum > 0 ? at::TensorList(work.slots[0]) : at::TensorList();
    at::_fused_sgd_(work.parameters, work.gradients, velocities, work.weight_decay, options_.momentum, work.lr,
                    /*dampening=*/0, options_.nesterov && options_.momentum > 0, /*maximize=*/false,
                    /*is_first_step=*/false);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_sgd(std::vector<Group> groups, const Options& options) {
  return std::make_unique<Sgd>(std::move(groups), options);
}

}  // namespace tenfold::optim
