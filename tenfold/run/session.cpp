#include "tenfold/run/session.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "tenfold/core/file.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/run/cache_folder.h"
#include "tenfold/run/finish.h"
#include "tenfold/train/callbacks/best_model.h"
#include "tenfold/train/callbacks/clip.h"
#include "tenfold/train/callbacks/cutmix.h"
#include "tenfold/train/callbacks/early_stop.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/callbacks/mix.h"
#include "tenfold/train/callbacks/mixup.h"
#include "tenfold/train/callbacks/snapshots.h"
#include "tenfold/train/callbacks/swa.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/precompute.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

/// The first layer group that stage k trains.
int first_trained(const Recipe& recipe, size_t k, const nn::Model& model) {
  const std::string& train = recipe.stage[k].train;
  const auto groups = model.groups().size();
  if (train == "all") return 0;
  if (train == "head") return static_cast<int>(groups) - 1;
  size_t first = groups;  // also where the number is none that fits
  std::from_chars(train.data(), train.data() + train.size(), first);
  if (first >= groups)
    throw ConfigError(path_of(k, "train"), "freezes " + train + " layer groups, but the network has " +
                                               named_groups(model) +
                                               "; at least the last must train: take \"head\", or "
                                               "0 to " +
                                               std::to_string(groups - 1));
  return static_cast<int>(first);
}

std::string stage_name(const StageOptions& stage) {
  if (stage.precompute)
    return stage.train == "head" ? "head on cached features" : "from group " + stage.train + " on cached activations";
  if (stage.train == "head" || stage.train == "all") return stage.train;
  return "from group " + stage.train;
}

}  // namespace

Session::Session(Recipe recipe, RunOptions options, const Watch& watch)
    : recipe_(std::move(recipe)),
      options_(std::move(options)),
      watch_(watch),
      application_(application(recipe_)),
      stage_began_(Clock::now()),
      last_checkpoint_(Clock::now()) {
  check_stages();
}

void Session::check_stages() {
  for (size_t k = 0; k < recipe_.stage.size(); ++k) {
    const auto& stage = recipe_.stage[k];
    application_->check_stage(k);
    const auto& model = application_->learner_of(k).model();
    const int groups = static_cast<int>(model.groups().size());
    const int first = first_trained(recipe_, k, model);
    const int cut = stage.precompute ? first : 0;  // what comes after it is then a network of its own
    if (stage.lr.kind != Rates::Kind::find) spread(stage.lr, groups - cut, first - cut, path_of(k, "lr"));
    if (stage.swa > 0) first_averaged(stage.swa, epochs(stage.shape));
  }
}

void Session::say(const std::string& text) const {
  if (watch_.message) watch_.message(text);
}

double Session::stage_seconds() const { return progress_.seconds + seconds_since(stage_began_); }

RunResult Session::execute(const std::optional<Checkpoint>& checkpoint) {
  int64_t keep = 0;
  if (checkpoint) {
    const auto& extra = checkpoint->extra;
    progress_ = {.stage = extra.at("stage").get<size_t>(),
                 .steps = extra.at("steps").get<int64_t>(),
                 .seconds = extra.at("seconds").get<double>(),
                 .found = extra.at("found").get<std::vector<double>>()};
    keep = extra.at("log_bytes").get<int64_t>();
    const auto path = options_.folder / "log.jsonl";
    const std::string kept = read_file(path).substr(0, static_cast<size_t>(keep));
    record_ = read_log(kept, path.string());
    curves_ = read_curves(kept);
  }
  log_ = std::make_unique<RunLog>(options_.folder / "log.jsonl", keep);
  if (!checkpoint)
    for (const auto& text : application_->told()) say(text);
  try {
    run_stages(checkpoint);
    return {Outcome::done, finish()};
  } catch (const Interrupted&) {  // the checkpoint on disk is the last before it
    return {Outcome::interrupted, Json::object()};
  }
}

void Session::run_stages(const std::optional<Checkpoint>& checkpoint) {
  stage_began_ = Clock::now();
  const size_t first = progress_.stage;
  const bool between = checkpoint && !checkpoint->snapshot.in_fit;
  if (between && first > 0) {  // the stage before has ended, and the next has not begun
    enter(first - 1);
    learner().restore(checkpoint->snapshot);
  }
  for (size_t k = first; k < recipe_.stage.size(); ++k) {
    train_stage(k, k == first && !between ? checkpoint : std::nullopt);
    progress_ = {.stage = k + 1, .steps = progress_.steps, .seconds = stage_seconds(), .found = {}};
    stage_began_ = Clock::now();
    checkpoint_now(learner());
  }
}

void Session::enter(size_t k) {
  application_->enter(k);
  learner().set_batch(batch_of_stage(recipe_, k));
}

void Session::train_stage(size_t k, const std::optional<Checkpoint>& checkpoint) {
  const auto& stage = recipe_.stage[k];
  enter(k);
  auto& learner = application_->learner();
  if (!stage.precompute) {
    if (checkpoint) learner.restore(checkpoint->snapshot);
    learner.freeze_to(first_trained(recipe_, k, learner.model()));
    return fit(learner, k, stage_name(stage));
  }
  if (checkpoint) {
    if (checkpoint->snapshot.in_fit) {
      Learner::Snapshot whole = learner.snapshot();
      for (auto& [name, tensor] : whole.model) tensor = checkpoint->bystander.at(name);
      learner.restore(whole);
    } else {
      learner.restore(checkpoint->snapshot);
    }
  }
  learner.freeze_to(first_trained(recipe_, k, learner.model()));
  const FeatureCache cache{.folder = cache_folder(options_.cache),
                           .max_mib = options_.cache_mib,
                           .views = stage.precompute_views,
                           .told = [this](const std::string& text) { say(text); }};
  Learner head = precompute(learner, cache, watch_.pass("computing features"));
  if (checkpoint && checkpoint->snapshot.in_fit) head.restore(checkpoint->snapshot);
  fit(head, k, stage_name(stage));
  adopt_head(learner, head);
}

void Session::find_rate(Learner& active, size_t k) {
  if (recipe_.stage[k].lr.kind != Rates::Kind::find || !progress_.found.empty()) return;
  const auto progress = watch_.pass("finding the rate");
  const LrCurve curve = lr_find(active, recipe_.lr_find, [&](int step) { progress(step + 1, recipe_.lr_find.steps); });
  progress_.found = {curve.valley()};
  Json row = to_json(curve);
  row["kind"] = "lr_find";
  row["stage"] = static_cast<int>(k);
  log_->add(row);
  curves_.emplace_back(static_cast<int>(k), row);
}

Plan Session::plan_for(Learner& active, size_t k, const std::string& name) {
  const auto& stage = recipe_.stage[k];
  Plan plan{.lr = stage.lr,
            .shape = stage.shape,
            .weight_decay = stage.weight_decay,
            .accumulate = stage.accumulate,
            .name = name,
            .validating = watch_.pass("validating")};
  if (stage.lr.kind == Rates::Kind::find) {
    const double rate = progress_.found.at(0);
    const bool differential = pretrained(recipe_) && active.model().groups().size() > 1;
    plan.lr = differential ? Rates::range(rate / 100, rate) : Rates(rate);
  }
  if (stage.mixup > 0 && stage.cutmix > 0)
    plan.callbacks.push_back(either(mixup({.alpha = stage.mixup}), cutmix({.alpha = stage.cutmix})));
  else if (stage.mixup > 0)
    plan.callbacks.push_back(mixup({.alpha = stage.mixup}));
  else if (stage.cutmix > 0)
    plan.callbacks.push_back(cutmix({.alpha = stage.cutmix}));
  if (stage.clip > 0) plan.callbacks.push_back(clip({.norm = stage.clip}));
  if (stage.ema > 0) plan.callbacks.push_back(ema({.decay = stage.ema}));
  if (stage.swa > 0) plan.callbacks.push_back(swa({.start = stage.swa, .progress = watch_.pass("measuring norms")}));
  if (stage.snapshots > 0) plan.callbacks.push_back(snapshots({.folder = options_.folder, .keep = stage.snapshots}));
  if (stage.patience > 0) plan.callbacks.push_back(early_stop({.patience = stage.patience}));
  if (stage.keep_best) plan.callbacks.push_back(best_model({}));
  for (auto& own : application_->callbacks(k)) plan.callbacks.push_back(std::move(own));
  plan.callbacks.push_back(watcher(k));
  plan.callbacks.push_back(checkpointer(k));
  return plan;
}

void Session::log_stage(const Learner& active, size_t k) {
  StageRow row = active.record().stages.back();
  row.stage = static_cast<int>(k);
  row.plan.update(application_->facts());
  row.plan["batch"] = active.options().batch;
  const bool known = std::any_of(record_.stages.begin(), record_.stages.end(),
                                 [&](const StageRow& before) { return before.stage == row.stage; });
  if (!known) {  // else a resumed stage, logged before
    record_.stages.push_back(row);
    log_->add(to_json(row));
  }
  if (watch_.stage) watch_.stage(row, row.plan.at("steps").get<int64_t>());
}

void Session::fit(Learner& active, size_t k, const std::string& name) {
  find_rate(active, k);
  active.fit(plan_for(active, k, name));
}

Callback Session::watcher(size_t k) {
  Callback callback{.name = "watcher"};
  auto in_stage =
      std::make_shared<int64_t>(std::count_if(record_.steps.begin(), record_.steps.end(),
                                              [&](const StepRow& row) { return row.stage == static_cast<int>(k); }));
  callback.on_fit_begin = [this, k](Learner& active) { log_stage(active, k); };
  callback.on_step = [this, k, in_stage](StepContext& context) {
    StepRow row = context.row;
    row.stage = static_cast<int>(k);
    row.step = progress_.steps++;
    record_.steps.push_back(row);
    log_->add(to_json(row));
    if (watch_.step) watch_.step(row, ++*in_stage, context.steps_total);
    return Next::go_on;
  };
  callback.on_epoch = [this, k](Learner&, EpochRow& context) {
    EpochRow row = context;
    row.stage = static_cast<int>(k);
    row.steps = progress_.steps;
    record_.epochs.push_back(row);
    log_->add(to_json(row));
    if (watch_.epoch) watch_.epoch(row);
    return Next::go_on;
  };
  return callback;
}

Callback Session::checkpointer(size_t k) {
  Callback callback{.name = "checkpointer"};
  callback.on_step = [this, k](StepContext& context) {
    const bool asked = watch_.interrupted && watch_.interrupted();
    const bool due = options_.checkpoint_steps > 0 ? progress_.steps % options_.checkpoint_steps == 0
                                                   : seconds_since(last_checkpoint_) >= options_.checkpoint_seconds;
    if (asked || due) {
      progress_.stage = k;
      checkpoint_now(context.learner);
    }
    if (asked) throw Interrupted();
    return Next::go_on;
  };
  const auto write = [this, k](const Learner& active) {
    progress_.stage = k;
    checkpoint_now(active);
  };
  callback.on_epoch = [write](Learner& active, EpochRow&) {
    write(active);
    return Next::go_on;
  };
  callback.on_interrupt = write;
  return callback;
}

void Session::checkpoint_now(const Learner& active) {
  const Json extra = {{"stage", progress_.stage},     {"steps", progress_.steps},
                      {"seconds", stage_seconds()},   {"found", progress_.found},
                      {"log_bytes", log_->settled()}, {"recipe_hash", recipe_hash(recipe_)}};
  // While a head trains on features, the whole network waits; a resumed run needs both.
  const bool head_alone = progress_.stage < recipe_.stage.size() && recipe_.stage[progress_.stage].precompute &&
                          &active != &application_->learner();
  save_checkpoint(options_.folder / "checkpoint.safetensors", active, extra,
                  head_alone ? &application_->learner().model() : nullptr);
  last_checkpoint_ = Clock::now();
}

Json Session::finish() {
  return write_results({.recipe = recipe_,
                        .folder = options_.folder,
                        .record = record_,
                        .curves = curves_,
                        .seconds = progress_.seconds},
                       *application_, watch_);
}

}  // namespace tenfold
