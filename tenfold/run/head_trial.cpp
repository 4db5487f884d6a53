#include "tenfold/run/head_trial.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/nn/head.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/precompute.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

constexpr int64_t kHeadBatch = 32;
constexpr double kHeadItems = 60000;  // that a head sees, at most kHeadEpochs times each
constexpr double kHeadEpochs = 60, kLeastEpochs = 2;
constexpr double kHeadRate = 2e-3;

/// The items of two datasets, one after the other.
class Joined : public Dataset {
 public:
  Joined(std::shared_ptr<const Dataset> one, std::shared_ptr<const Dataset> other)
      : one_(std::move(one)), other_(std::move(other)) {}
  int64_t size() const override { return one_->size() + other_->size(); }
  Sample get(int64_t k, const std::optional<Draw>& draw) const override { return part(k).get(k - from(k), draw); }
  std::string name(int64_t k) const override { return part(k).name(k - from(k)); }
  at::Tensor target(int64_t k) const override { return part(k).target(k - from(k)); }
  std::string fingerprint() const override { return one_->fingerprint() + other_->fingerprint(); }

 private:
  int64_t from(int64_t k) const { return k < one_->size() ? 0 : one_->size(); }
  const Dataset& part(int64_t k) const { return k < one_->size() ? *one_ : *other_; }
  std::shared_ptr<const Dataset> one_, other_;
};

std::vector<int64_t> all_of(const Dataset& dataset) {
  std::vector<int64_t> all(static_cast<size_t>(dataset.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Features joined(const Features& one, const Features& other) {
  const auto source = std::make_shared<Joined>(one, other);
  const auto rows = at::cat({one->gather(all_of(*one)).x[0], other->gather(all_of(*other)).x[0]});
  return std::make_shared<FeatureDataset>(source, rows, all_of(*source));
}

/// Items of each fold. Classes are shared out evenly where an item has one.
std::vector<std::vector<int64_t>> folds_of(const Dataset& dataset, const nn::Task& task, int count, uint64_t seed) {
  auto order = permutation(dataset.size(), Draw(seed, 0, 0, Purpose::split));
  if (task.kind == nn::TaskKind::single_label || task.kind == nn::TaskKind::ordinal) {
    std::vector<int64_t> label;
    for (int64_t k = 0; k < dataset.size(); ++k) label.push_back(dataset.target(k).item<int64_t>());
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return label[static_cast<size_t>(a)] < label[static_cast<size_t>(b)];
    });
  }
  std::vector<std::vector<int64_t>> folds(static_cast<size_t>(count));
  for (size_t k = 0; k < order.size(); ++k) folds[k % static_cast<size_t>(count)].push_back(order[k]);
  for (auto& fold : folds) std::sort(fold.begin(), fold.end());
  return folds;
}

double of_head(Learner& learner, const Features& train, const Features& valid) {
  const auto head = std::dynamic_pointer_cast<nn::HeadImpl>(learner.model().head_module());
  auto options = learner.options();
  options.batch = std::min(kHeadBatch, train->size());
  options.optimizer = {};
  Data data{.train = train,
            .valid = nullptr,
            .test = nullptr,
            .transform = nullptr,
            .classes = learner.data().classes,
            .outputs = learner.data().outputs,
            .resized = {}};
  Learner alone(data, head_model(std::make_shared<nn::HeadImpl>(head->options(), options.seed)), learner.task(),
                options);
  const double epochs = std::clamp(kHeadItems / static_cast<double>(train->size()), kLeastEpochs, kHeadEpochs);
  alone.fit({.lr = kHeadRate, .shape = OneCycle{.epochs = std::floor(epochs)}});
  data.valid = valid;
  alone.set_data(data);
  return evaluate(alone.task(), predict(alone, Split::valid), {learner.options().metrics.at(0)})
      .metrics.at(learner.options().metrics.at(0));
}

}  // namespace

HeadTrial try_head(Learner& learner, const Features& train, const Features& valid) {
  const std::string& name = learner.options().metrics.at(0);
  const double value = of_head(learner, train, valid);
  const bool share = name == "accuracy" || name == "error_rate";
  return {.value = value,
          .error = share ? std::sqrt(value * (1 - value) / static_cast<double>(valid->size())) : 0,
          .folds = 0};
}

HeadTrial try_head_in_folds(Learner& learner, const Features& train, const Features& valid, int count) {
  const Features whole = joined(train, valid);
  const auto folds = folds_of(*whole, learner.task(), static_cast<int>(std::min<int64_t>(count, whole->size())),
                              learner.options().seed);
  std::vector<double> values;
  for (size_t held = 0; held < folds.size(); ++held) {
    std::vector<int64_t> rest;
    for (size_t k = 0; k < folds.size(); ++k)
      if (k != held) rest.insert(rest.end(), folds[k].begin(), folds[k].end());
    std::sort(rest.begin(), rest.end());
    values.push_back(of_head(learner, whole->select(rest), whole->select(folds[held])));
  }
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {.value = mean, .error = std::sqrt(squares / (n - 1) / n), .folds = static_cast<int>(folds.size())};
}

}  // namespace tenfold
