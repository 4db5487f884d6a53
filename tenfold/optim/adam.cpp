// Adam (Kingma & Ba, ICLR 2015) and AdamW (Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019).
// Bias corrections use the current beta1 even while it is scheduled, as fastai's and PyTorch's do.

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>

#include "tenfold/optim/slots.h"

namespace tenfold::optim {
namespace {

class Adam : public SlotOptimizer {
 public:
  Adam(std::vector<Group> groups, const Options& options)
      : SlotOptimizer(std::move(groups), options, {"mean", "square"}) {}

 private:
  void update(const Work& work) override {
    const auto step =
        options_.kind == Kind::adamw ? static_cast<Kernel*>(at::_fused_adamw_) : static_cast<Kernel*>(at::_fused_adam_);
    step(work.parameters, work.gradients, work.slots[0], work.slots[1], {}, work.steps, work.lr, options_.momentum,
         options_.beta2, work.weight_decay, options_.eps, /*amsgrad=*/false, /*maximize=*/false, {}, {});
  }

  bool decays_decoupled() const override { return options_.kind == Kind::adamw; }

  using Kernel = void(at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                      double, double, double, double, double, bool, bool, const std::optional<at::Tensor>&,
                      const std::optional<at::Tensor>&);
};

}  // namespace

std::unique_ptr<Optimizer> make_adam(std::vector<Group> groups, const Options& options) {
  return std::make_unique<Adam>(std::move(groups), options);
}

}  // namespace tenfold::optim
