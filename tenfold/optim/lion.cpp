// Lion: the sign of a momentum, so that every weight moves by the rate. Wants a rate 3 to 10 times smaller than AdamW
// and a decay as much larger. Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_sign.h>

#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

class Lion : public SlotOptimizer {
 public:
  Lion(std::vector<Group> groups, const Options& options) : SlotOptimizer(std::move(groups), options, {"mean"}) {}

 private:
  void update(const Work& work) override {
    auto directions = at::_foreach_lerp(work.slots[0], work.gradients, 1 - options_.momentum);
    at::_foreach_sign_(directions);
    at::_foreach_add_(work.parameters, directions, -work.lr);
    at::_foreach_lerp_(work.slots[0], work.gradients, 1 - options_.beta2);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_lion(std::vector<Group> groups, const Options& options) {
  return std::make_unique<Lion>(std::move(groups), options);
}

}  // namespace tenfold::optim
