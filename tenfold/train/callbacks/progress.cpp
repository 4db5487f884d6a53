#include "tenfold/train/callbacks/progress.h"

#include <memory>
#include <utility>

#include "tenfold/train/learner.h"

namespace tenfold {

Callback progress(Observers given) {
  const auto observers = std::make_shared<const Observers>(std::move(given));
  Callback callback{.name = "progress"};
  if (observers->stage)
    callback.on_fit_begin = [observers](Learner& learner) {
      const auto& row = learner.record().stages.back();
      observers->stage(row, row.plan.at("steps").get<int64_t>());
    };
  if (observers->step)
    callback.on_step = [observers](StepContext& context) {
      observers->step(context.row, context.step + 1, context.steps_total);
      return Next::go_on;
    };
  if (observers->epoch)
    callback.on_epoch = [observers](Learner&, EpochRow& row) {
      observers->epoch(row);
      return Next::go_on;
    };
  return callback;
}

}  // namespace tenfold
