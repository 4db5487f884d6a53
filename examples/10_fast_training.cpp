// Technique 10: training that costs next to nothing. bf16 where the processor has it, channels-last, fused norms, a
// high rate on one cycle; and repeatable to the bit, so that nothing is run twice to be sure.

#include <chrono>

#include "example.h"
#include "pictures.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"
using namespace tenfold;

int main() {
  const Scratch scratch;
  Expect expect;
  write_clothes(scratch.path, 0, 10, 240, 60);
  const auto data = vision::load({.path = scratch.path, .size = 28, .augment = vision::Augment::none});

  const auto trained = [&](int workers) {
    auto learn = vision::learner(data, {.backbone = "small_resnet", .dropout = {0.2}, .hidden = {}},
                                 {.batch = 64,
                                  .workers = workers,
                                  .optimizer = {.kind = optim::Kind::sgd, .nesterov = true, .weight_decay = 5e-4}});
    learn.fit({.lr = 0.1, .shape = OneCycle{.epochs = 2}});
    return learn;
  };
  const auto began = std::chrono::steady_clock::now();
  auto learn = trained(1);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();

  constexpr double multiplications = 59e6, dollars_an_hour = 0.10;  // of small_resnet at 28 pixels; a two-core machine
  const double speed = learn.record().epochs.back().images_per_second;
  std::printf("%.1f s with validation, %s; %.0f pictures a second, %.0f GFLOP/s; %.4f cents at %.2f dollars an hour\n",
              seconds, learn.dtype() == at::kBFloat16 ? "bf16" : "fp32", speed, speed * multiplications * 6 / 1e9,
              seconds / 3600 * dollars_an_hour * 100, dollars_an_hour);
  expect.at_least("accuracy after twice 2,400 pictures", 0.70, accuracy(learn));

  auto again = trained(3);  // other workers, the same bits
  expect.that("a second run ends with the same bits",
              nn::hash_of(nn::state_of(learn.model())) == nn::hash_of(nn::state_of(again.model())));
  return expect.result();
}
