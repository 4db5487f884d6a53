#include "tenfold/tabular/boosted_trees.h"

#include <ATen/ATen.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/tabular/lightgbm.h"
#include "tenfold/tabular/tree_ensemble.h"

namespace tenfold::tabular {
namespace {

using Functions = TreesLibrary::Functions;

void check(const Functions& lightgbm, int result, const std::string& what) {
  if (result != 0) throw Error("LightGBM could not " + what + ": " + lightgbm.last_error());
}

/// The dataset of LightGBM, freed with the object.
class Matrix {
 public:
  Matrix(const Functions& lightgbm, const at::Tensor& values, const std::string& parameters, void* reference)
      : lightgbm_(lightgbm) {
    check(lightgbm,
          lightgbm.dataset_from_matrix(values.const_data_ptr<float>(), kFloat32, static_cast<int32_t>(values.size(0)),
                                       static_cast<int32_t>(values.size(1)), kRowMajor, parameters.c_str(), reference,
                                       &handle_),
          "take the rows");
  }
  ~Matrix() { lightgbm_.dataset_free(handle_); }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  void set_target(const at::Tensor& target) {
    const auto label = target.to(at::kFloat).contiguous();
    check(lightgbm_,
          lightgbm_.dataset_set_field(handle_, "label", label.const_data_ptr<float>(), static_cast<int>(label.numel()),
                                      kFloat32),
          "take the target");
  }
  void* handle() const { return handle_; }

 private:
  const Functions& lightgbm_;
  void* handle_ = nullptr;
};

/// [N] or [N, outputs].
at::Tensor target_of(const TableDataset& rows) {
  const auto& target = rows.columns().target;
  if (!target.defined())
    throw ConfigError("data", "has rows without a target; boosted trees need one for each to learn or to stop by");
  std::vector<int64_t> picked;
  for (int64_t k = 0; k < rows.size(); ++k) picked.push_back(rows.row(k));
  return target.index_select(0, at::tensor(picked, at::kLong));
}

bool is_one_model(const nn::Task& task) {
  return task.kind == nn::TaskKind::single_label || task.kind == nn::TaskKind::ordinal;
}

std::string objective(const nn::Task& task) {
  if (task.kind == nn::TaskKind::regression) return "objective=regression metric=l2";
  if (!is_one_model(task) || task.classes == 2) return "objective=binary metric=binary_logloss";
  return "objective=multiclass metric=multi_logloss num_class=" + std::to_string(task.classes);
}

std::string parameters_of(const TreesOptions& o, const nn::Task& task, int64_t categories, const std::string& threads) {
  std::ostringstream text;
  text << objective(task) << " learning_rate=" << shortest(o.learning_rate) << " num_leaves=" << o.leaves
       << " min_data_in_leaf=" << o.min_leaf << " feature_fraction=" << shortest(o.feature_share)
       << " bagging_fraction=" << shortest(o.row_share) << " bagging_freq=" << (o.row_share < 1 ? 1 : 0)
       << " lambda_l2=" << shortest(o.l2) << " seed=" << o.seed % std::numeric_limits<int32_t>::max()
       << " deterministic=true force_row_wise=true verbosity=-1 " << threads;
  if (categories > 0) {
    text << " categorical_feature=";
    for (int64_t c = 0; c < categories; ++c) text << (c > 0 ? "," : "") << c;
  }
  // LightGBM keeps the first of two values for a key.
  return o.parameters.empty() ? text.str() : o.parameters + " " + text.str();
}

void check(const TreesOptions& o) {
  const auto require = [](bool fits, const char* option, double value, const char* needs) {
    if (!fits) throw ConfigError(std::string("trees.") + option, "is " + shortest(value) + "; needs " + needs);
  };
  require(o.rounds >= 1, "rounds", o.rounds, "at least 1");
  require(o.learning_rate > 0, "learning_rate", o.learning_rate, "more than 0");
  require(o.leaves >= 2, "leaves", o.leaves, "at least 2");
  require(o.min_leaf >= 1, "min_leaf", o.min_leaf, "at least 1");
  require(o.feature_share > 0 && o.feature_share <= 1, "feature_share", o.feature_share, "a share above 0, at most 1");
  require(o.row_share > 0 && o.row_share <= 1, "row_share", o.row_share, "a share above 0, at most 1");
  require(o.l2 >= 0, "l2", o.l2, "0 or more");
  require(o.early_stopping >= 0, "early_stopping", o.early_stopping, "0 (off) or a number of rounds");
  require(o.threads >= 0, "threads", o.threads, "0 (the cores) or more");
}

}  // namespace

/// LightGBM's model with the rows it was made of, which it reads while it trains.
struct BoostedTrees::Booster {
  explicit Booster(const Functions& functions) : lightgbm(functions) {}
  ~Booster() {
    if (handle) lightgbm.booster_free(handle);
  }
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  const Functions& lightgbm;
  void* handle = nullptr;
};

BoostedTrees::BoostedTrees(const TreesLibrary& library, const TreesOptions& options, const nn::Task& task,
                           const TableDataset& train, const TableDataset* valid,
                           const std::function<void(int64_t, int64_t)>& progress)
    : library_(library), task_(task), threads_(options.threads) {
  check(options);
  if (options.early_stopping > 0 && !valid)
    throw ConfigError("trees.early_stopping", "is " + std::to_string(options.early_stopping) +
                                                  " rounds, and there are no validation rows; give some, or set 0");
  const auto& lightgbm = library_.functions();
  const int64_t categories = train.columns().codes.size(1);
  const auto parameters = parameters_of(options, task, categories, "num_threads=" + std::to_string(options.threads));
  const auto values = tree_values(train), valid_values = valid ? tree_values(*valid) : at::Tensor();
  const auto target = target_of(train), valid_target = valid ? target_of(*valid) : at::Tensor();
  columns_ = values.size(1);
  Matrix rows(lightgbm, values, parameters, nullptr);
  std::unique_ptr<Matrix> valid_rows;
  if (valid) valid_rows = std::make_unique<Matrix>(lightgbm, valid_values, parameters, rows.handle());

  const int64_t models = is_one_model(task) ? 1 : task.classes;
  for (int64_t m = 0; m < models; ++m) {
    const auto own = [&](const at::Tensor& all) { return is_one_model(task) ? all : all.select(1, m); };
    rows.set_target(own(target));
    if (valid_rows) valid_rows->set_target(own(valid_target));
    auto booster = std::make_shared<Booster>(lightgbm);
    check(lightgbm, lightgbm.booster_create(rows.handle(), parameters.c_str(), &booster->handle), "begin");
    if (valid_rows) check(lightgbm, lightgbm.booster_add_valid(booster->handle, valid_rows->handle()), "validate");
    int best = options.rounds;
    double least = std::numeric_limits<double>::infinity();
    for (int round = 1; round <= options.rounds; ++round) {
      int finished = 0, count = 0;
      if (progress) progress(m * options.rounds + round, models * options.rounds);
      check(lightgbm, lightgbm.booster_update(booster->handle, &finished), "add a tree");
      if (options.early_stopping > 0) {
        double loss = 0;
        check(lightgbm, lightgbm.booster_eval(booster->handle, /*data=*/1, &count, &loss), "validate");
        if (loss < least) least = loss, best = round;
        if (round - best >= options.early_stopping) break;
      }
      if (finished != 0) {  // no split gains anything any more
        if (options.early_stopping == 0) best = round;
        break;
      }
    }
    boosters_.push_back(std::move(booster));
    rounds_.push_back(best);
  }
}

at::Tensor BoostedTrees::predict(const TableDataset& rows) const {
  const auto values = tree_values(rows);
  if (values.size(1) != columns_)
    throw ConfigError("data", "has " + std::to_string(values.size(1)) + " columns, and the trees were trained on " +
                                  std::to_string(columns_) + "; preprocess with what was fitted then");
  const auto& lightgbm = library_.functions();
  const bool many = is_one_model(task_) && task_.classes > 2;
  std::vector<at::Tensor> columns;
  for (size_t m = 0; m < boosters_.size(); ++m) {
    auto result = at::empty({values.size(0), many ? task_.classes : 1}, at::kDouble);
    int64_t length = 0;
    check(lightgbm,
          lightgbm.booster_predict(
              boosters_[m]->handle, values.const_data_ptr<float>(), kFloat32, static_cast<int32_t>(values.size(0)),
              static_cast<int32_t>(columns_), kRowMajor, kNormalPrediction, 0, rounds_[m],
              ("num_threads=" + std::to_string(threads_)).c_str(), &length, result.mutable_data_ptr<double>()),
          "predict");
    columns.push_back(result);
  }
  auto all = at::cat(columns, 1);
  if (is_one_model(task_) && task_.classes == 2) all = at::cat({1 - all, all}, 1);
  return all.to(at::kFloat);
}

std::vector<double> BoostedTrees::importance() const {
  const auto& lightgbm = library_.functions();
  std::vector<double> sum(static_cast<size_t>(columns_)), one(sum.size());
  for (size_t m = 0; m < boosters_.size(); ++m) {
    check(lightgbm, lightgbm.booster_importance(boosters_[m]->handle, rounds_[m], kSplitImportance, one.data()),
          "tell the columns' importance");
    for (size_t c = 0; c < sum.size(); ++c) sum[c] += one[c];
  }
  return sum;
}

std::vector<std::string> BoostedTrees::text() const {
  const auto& lightgbm = library_.functions();
  std::vector<std::string> all;
  for (size_t m = 0; m < boosters_.size(); ++m) {
    const auto write = [&](std::string& to) {
      int64_t length = 0;
      check(lightgbm,
            lightgbm.booster_text(boosters_[m]->handle, 0, rounds_[m], kSplitImportance,
                                  static_cast<int64_t>(to.size()), &length, to.data()),
            "write the model");
      return static_cast<size_t>(length);
    };
    std::string text(1, '\0');
    text.resize(write(text));  // the first call tells the length, with the closing zero
    write(text);
    text.pop_back();
    all.push_back(std::move(text));
  }
  return all;
}

}  // namespace tenfold::tabular
