#include "tenfold/train/callbacks/checkpoints.h"

#include <chrono>
#include <memory>

#include "tenfold/train/learner.h"

namespace tenfold {

Callback checkpoints(const CheckpointsOptions& options) {
  using Clock = std::chrono::steady_clock;
  auto last = std::make_shared<Clock::time_point>(Clock::now());
  const auto write = [options, last](const Learner& learner) {
    save_checkpoint(options.path, learner, options.extra ? options.extra() : Json::object());
    *last = Clock::now();
  };
  Callback callback{.name = "checkpoints"};
  callback.on_step = [options, last, write](StepContext& context) {
    const bool asked = options.interrupted && options.interrupted();
    const bool due = options.steps > 0 ? (context.row.step + 1) % options.steps == 0
                                       : std::chrono::duration<double>(Clock::now() - *last).count() >= options.seconds;
    if (asked || due) write(context.learner);
    return asked ? Next::stop : Next::go_on;
  };
  callback.on_epoch = [write](Learner& learner, EpochRow&) {
    write(learner);
    return Next::go_on;
  };
  return callback;
}

}  // namespace tenfold
