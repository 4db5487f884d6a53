// The training loop: one Run is one fit().

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/learner_state.h"
#include "tenfold/train/machine.h"
#include "tenfold/train/predictions.h"
#include "tenfold/train/smooth.h"

namespace tenfold {
namespace {

double lap(Clock::time_point& since) {
  const auto now = Clock::now();
  return std::chrono::duration<double>(now - std::exchange(since, now)).count();
}

std::shared_ptr<const Dataset> training_items(const Data& data) {
  if (!data.train || data.train->size() == 0) throw ConfigError("data", "has no training items; fit needs some");
  if (!data.train->target(0).defined())
    throw ConfigError("data",
                      "has training items without labels (" + data.train->name(0) + "); fit needs one for each");
  return data.train;
}

void check(const Plan& plan) {
  if (plan.accumulate < 1)
    throw ConfigError("accumulate", "is " + std::to_string(plan.accumulate) + "; needs at least 1 batch a step");
  std::set<std::string> names;
  for (const auto& callback : plan.callbacks)
    if (!names.insert(callback.name).second)
      throw ConfigError("callbacks", "two are named \"" + callback.name +
                                         "\"; names key their state in checkpoints, so each needs its own");
}

std::vector<double> decays_of_groups(const Plan& plan, double otherwise, size_t groups) {
  if (plan.group_decay.empty()) return std::vector<double>(groups, plan.weight_decay.value_or(otherwise));
  if (plan.group_decay.size() != groups)
    throw ConfigError("group_decay", "has " + std::to_string(plan.group_decay.size()) + " values for " +
                                         std::to_string(groups) + " layer groups; needs one each");
  return plan.group_decay;
}

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

}  // namespace

struct Learner::Run {
  Run(Learner& owner, const Plan& given);
  ~Run() { state.run = nullptr; }

  void resume(const Snapshot& snapshot);
  void begin();
  /// Epochs until the shape ends or a callback says stop.
  void train();
  void finish();

  Next epoch();
  Next step(int64_t end, Clock::time_point& since);
  at::Tensor loss_of(StepContext& context);
  void validate(EpochRow& row);

  /// Asks every callback that has the hook; stops where any says so.
  template <class Hook, class... Args>
  Next ask(Hook hook, Args&... args) {
    Next next = Next::go_on;
    for (const auto& callback : plan.callbacks)
      if (callback.*hook && (callback.*hook)(args...) == Next::stop) next = Next::stop;
    return next;
  }
  template <class Hook>
  void tell(Hook hook) {
    for (const auto& callback : plan.callbacks)
      if (callback.*hook) (callback.*hook)(learner);
  }

  Learner learner;
  State& state;
  const Plan& plan;
  Batches batches;
  int64_t epoch_batches, fit_batches, epoch_steps, fit_steps;
  std::vector<double> rates;  ///< peak, one a layer group
  GroupedOptimizer optimizer;
  Position& position;
};

Learner::Run::Run(Learner& owner, const Plan& given)
    : learner(owner),
      state(*owner.state_),
      plan(given),
      batches(owner, training_items(state.data), Batches::View::train),
      epoch_batches(batches.count()),
      fit_batches(std::max<int64_t>(1, std::llround(epochs(plan.shape) * static_cast<double>(epoch_batches)))),
      epoch_steps((epoch_batches + plan.accumulate - 1) / plan.accumulate),
      fit_steps(fit_batches / epoch_batches * epoch_steps +
                (fit_batches % epoch_batches + plan.accumulate - 1) / plan.accumulate),
      rates(rates_of_groups(plan.lr, static_cast<int>(state.model->groups().size()), state.freezing())),
      optimizer(*state.model, state.freezing(), state.options.optimizer,
                decays_of_groups(plan, state.options.optimizer.weight_decay, rates.size()), rates),
      position(state.position) {
  state.run = this;
}

void Learner::Run::begin() {
  auto& record = state.record;
  const auto resumed = std::exchange(state.resumed, std::nullopt);
  if (!resumed) position = {.step = position.step};
  // What was recorded after the snapshot happens again.
  std::erase_if(record.steps, [&](const StepRow& row) { return row.step >= position.step; });
  std::erase_if(record.epochs, [&](const EpochRow& row) {
    return row.stage > state.stage || (row.stage == state.stage && row.epoch >= position.epoch);
  });
  std::erase_if(record.stages, [&](const StageRow& row) { return row.stage >= state.stage; });
  StageRow row{.stage = state.stage, .name = plan.name, .trained_from = state.frozen, .groups = {}, .plan = {}};
  for (const auto& group : state.model->groups()) row.groups.push_back(group.name);
  row.plan = {{"lr", rates}, {"shape", to_value(plan.shape)}, {"epochs", epochs(plan.shape)}, {"steps", fit_steps}};
  if (plan.accumulate > 1) row.plan["accumulate"] = plan.accumulate;
  record.stages.push_back(std::move(row));
  optimizer->zero_grad();  // a fit that was broken off may have left some
  tell(&Callback::on_fit_begin);
  if (resumed) resume(*resumed);
}

void Learner::Run::resume(const Snapshot& snapshot) {
  if (position.batch > epoch_batches)
    throw ConfigError("resume", "stands at batch " + std::to_string(position.batch) + " of an epoch of " +
                                    std::to_string(epoch_batches) +
                                    "; data or batch size are not those of the snapshot");
  optimizer->load_state(snapshot.optimizer);
  for (const auto& callback : plan.callbacks)
    if (const auto saved = snapshot.callbacks.find(callback.name);
        callback.load_state && saved != snapshot.callbacks.end())
      callback.load_state(saved->second);
}

void Learner::Run::train() {
  while (!position.ended && position.epoch * epoch_batches < fit_batches)
    if (epoch() == Next::stop) return;
}

void Learner::Run::finish() {
  tell(&Callback::on_fit_end);
  optimizer->zero_grad();
  ++state.stage;
  position = {.step = position.step};
}

Next Learner::Run::epoch() {
  set_training_mode(*state.model, state.freezing());
  const int64_t end = std::min(epoch_batches, fit_batches - position.epoch * epoch_batches);
  batches.start(epoch_key(state.stage, position.epoch), position.batch);
  auto since = Clock::now();
  while (position.batch < end)
    if (step(end, since) == Next::stop) return Next::stop;

  EpochRow row{.stage = state.stage, .epoch = position.epoch, .steps = position.step};
  row.train_loss = SmoothLoss{position.smooth, position.smooth_count}.value();
  row.seconds = position.seconds;
  row.images_per_second = position.seconds > 0 ? static_cast<double>(position.items) / position.seconds : 0;
  if (state.data.valid && state.data.valid->size() > 0) validate(row);
  state.record.epochs.push_back(row);
  // A snapshot that a callback takes now stands at the start of the next epoch, or, where one before it in the list
  // said stop, at the end of the fit.
  ++position.epoch;
  position.batch = position.items = 0;
  position.seconds = 0;
  for (const auto& callback : plan.callbacks)
    if (callback.on_epoch && callback.on_epoch(learner, row) == Next::stop) position.ended = true;
  state.record.epochs.back() = row;
  return position.ended ? Next::stop : Next::go_on;
}

at::Tensor Learner::Run::loss_of(StepContext& context) {
  return state.model->training_loss(context.batch.x, [&](const at::Tensor& logits) {
    for (auto callback = plan.callbacks.rbegin(); callback != plan.callbacks.rend(); ++callback)
      if (callback->loss) return callback->loss(context, logits);
    return nn::loss(state.task, logits, context.batch.y);
  });
}

Next Learner::Run::step(int64_t end, Clock::time_point& since) {
  const int64_t parts = std::min<int64_t>(plan.accumulate, end - position.batch);
  StepRow row{.step = position.step, .stage = state.stage, .lr = rates};
  row.epoch = position.epoch + static_cast<double>(position.batch) / static_cast<double>(epoch_batches);
  const Factor factor = at(plan.shape, row.epoch);
  for (auto& lr : row.lr) lr *= factor.lr;
  row.momentum = factor.momentum;
  optimizer.set_lr(row.lr);
  if (row.momentum) optimizer->set_momentum(*row.momentum);
  nn::reseed(*state.model, state.options.seed, static_cast<uint64_t>(position.step));

  Batch batch;
  at::Tensor loss;
  StepContext context{.learner = learner,
                      .batch = batch,
                      .loss = loss,
                      .row = row,
                      .step = position.epoch * epoch_steps + position.batch / plan.accumulate,
                      .steps_total = fit_steps};
  int64_t items = 0;
  double mean = 0;
  for (int64_t part = 0; part < parts; ++part) {
    auto next = batches.next();
    if (!next || next->size() == 0) continue;  // all its items were left out as broken
    batch = std::move(*next);
    loss = at::Tensor();
    if (ask(&Callback::on_batch, context) == Next::stop) {
      optimizer->zero_grad();
      return Next::stop;
    }
    loss = loss_of(context);
    const double value = loss.item<double>();
    if (!std::isfinite(value))
      throw TrainingError(position.step,
                          "the loss is " + text(value) + " at learning rate " + text(row.lr.back()) +
                              "; lower the rate (the LR finder suggests one), clip gradients, or look for "
                              "broken targets");
    (parts == 1 ? loss : loss / static_cast<double>(parts)).backward();
    mean += value / static_cast<double>(parts);
    items += batch.size();
  }
  if (items > 0) {
    if (ask(&Callback::on_backward, context) == Next::stop) {
      optimizer->zero_grad();
      return Next::stop;
    }
    optimizer->step();
    optimizer->zero_grad();
    SmoothLoss smooth{position.smooth, position.smooth_count};
    smooth.add(mean);
    position.smooth = smooth.sum;
    position.smooth_count = smooth.count;
    row.loss = mean;
    row.smooth_loss = smooth.value();
  }
  ++position.step;
  position.batch += parts;
  position.items += items;
  position.seconds += lap(since);
  if (items == 0) return Next::go_on;
  state.record.steps.push_back(row);
  const Next next = ask(&Callback::on_step, context);
  position.seconds += lap(since);
  return next;
}

void Learner::Run::validate(EpochRow& row) {
  auto since = Clock::now();
  tell(&Callback::before_validation);
  const auto close = [&] {
    for (auto callback = plan.callbacks.rbegin(); callback != plan.callbacks.rend(); ++callback)
      if (callback->after_validation) callback->after_validation(learner);
  };
  Predictions predictions;
  try {
    predictions = predict(learner, Split::valid, plan.validating);
  } catch (const Interrupted&) {
    close();  // an average's weights must not get into the snapshot
    tell(&Callback::on_interrupt);
    throw;
  }
  close();
  if (predictions.target.defined()) {
    auto evaluation = evaluate(state.task, predictions, state.options.metrics);
    row.valid_loss = evaluation.loss;
    row.metrics = std::move(evaluation.metrics);
  }
  row.valid_seconds = lap(since);
}

void Learner::fit(const Plan& plan) {
  check(plan);
  if (state_->run) throw ConfigError("fit", "was called inside a fit of the same learner");
  pin_threads(state_->options.threads);
  if (plan.freeze_to) freeze_to(*plan.freeze_to);
  const at::AutoGradMode gradients(true);
  Run run(*this, plan);
  run.begin();
  run.train();
  run.finish();
}

Learner::Snapshot Learner::snapshot() const {
  Snapshot snapshot{.model = {},
                    .optimizer = {},
                    .callbacks = {},
                    .position = state_->position,
                    .frozen = state_->frozen,
                    .stage = state_->stage,
                    .in_fit = state_->run != nullptr};
  for (const auto& [name, tensor] : nn::state_of(*state_->model)) snapshot.model[name] = tensor.detach().clone();
  if (state_->resumed) {  // restored, and not trained since
    snapshot.optimizer = state_->resumed->optimizer;
    snapshot.callbacks = state_->resumed->callbacks;
    snapshot.in_fit = true;
  }
  if (!state_->run) return snapshot;
  snapshot.optimizer = state_->run->optimizer->state();
  for (const auto& callback : state_->run->plan.callbacks)
    if (callback.state) snapshot.callbacks[callback.name] = callback.state();
  return snapshot;
}

}  // namespace tenfold
