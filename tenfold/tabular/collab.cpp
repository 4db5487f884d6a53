#include "tenfold/tabular/collab.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/tabular/lookup.h"

namespace tenfold::tabular {
namespace {

void check_counts(int64_t users, int64_t items) {
  if (users < 2 || items < 2)
    throw ConfigError("data", "has " + std::to_string(users) + " users and " + std::to_string(items) +
                                  " items, the unseen one counted; needs at least 2 of each");
}

/// Predicted ratings of every item for `user`, [items] fp64, in evaluation mode.
at::Tensor ratings_of(Learner& learner, int64_t items, int64_t user) {
  constexpr int64_t kItemsAPass = 16384;
  std::vector<at::Tensor> all;
  for (int64_t from = 0; from < items; from += kItemsAPass) {
    const auto item = at::arange(from, std::min(items, from + kItemsAPass), at::kLong);
    const auto codes = at::stack({at::full_like(item, user), item}, 1);
    const Batch pairs{.x = {codes, at::zeros({item.size(0), 0})}, .y = {}, .index = {}};
    const auto logits = learner.model().forward(TableTransform().apply(pairs, std::nullopt, learner.dtype()).x);
    all.push_back(nn::activate(learner.task(), logits).select(1, 0).to(at::kDouble));
  }
  return at::cat(all);
}

std::vector<Recommendation> best(const at::Tensor& ratings, int64_t count, const std::unordered_set<int64_t>& seen) {
  const auto* rating = ratings.const_data_ptr<double>();
  std::vector<Recommendation> left;
  for (int64_t item = 1; item < ratings.size(0); ++item)
    if (!seen.contains(item)) left.push_back({item, rating[item]});
  const auto kept = std::min<size_t>(left.size(), static_cast<size_t>(std::max<int64_t>(count, 0)));
  std::partial_sort(left.begin(), left.begin() + static_cast<int64_t>(kept), left.end(),
                    [](const Recommendation& a, const Recommendation& b) {
                      return a.rating != b.rating ? a.rating > b.rating : a.item < b.item;
                    });
  left.resize(kept);
  return left;
}

/// take(user, item, rating) for each row.
template <class Take>
void each_rating(const TableDataset& ratings, Take&& take) {
  std::vector<int64_t> all(static_cast<size_t>(ratings.size()));
  std::iota(all.begin(), all.end(), 0);
  const auto batch = ratings.gather(std::move(all), std::nullopt);
  const auto rating = batch.y.to(at::kDouble).flatten().contiguous();
  const auto* pair = batch.x[0].const_data_ptr<int64_t>();
  const auto* value = rating.const_data_ptr<double>();
  for (int64_t k = 0; k < ratings.size(); ++k) take(pair[2 * k], pair[2 * k + 1], value[k]);
}

/// Puts the network back into the mode it was in.
class Evaluating {
 public:
  explicit Evaluating(nn::Model& model) : model_(model), training_(model.is_training()) { model_.eval(); }
  ~Evaluating() { model_.train(training_); }
  Evaluating(const Evaluating&) = delete;
  Evaluating& operator=(const Evaluating&) = delete;

 private:
  nn::Model& model_;
  bool training_;
};

}  // namespace

DotBias::DotBias(int64_t users, int64_t items, const CollabOptions& options, uint64_t seed)
    : factors_(options.factors) {
  check_counts(users, items);
  if (factors_ < 1) throw ConfigError("model.factors", "is " + std::to_string(factors_) + "; needs at least 1");
  const auto start = options.legacy ? VectorStart::small : VectorStart::modern;
  const auto make = [&](const std::string& name, int64_t count, int64_t size) {
    auto vectors = register_module(name, Vectors(count, size));
    vectors->start(start, seed, name);
    return vectors;
  };
  user_vectors_ = make("u_weight", users, factors_);
  item_vectors_ = make("i_weight", items, factors_);
  user_biases_ = make("u_bias", users, 1);
  item_biases_ = make("i_bias", items, 1);
}

torch::Tensor DotBias::features(const std::vector<torch::Tensor>& x) {
  const auto& pairs = x.at(0);
  const auto codes = at::cat({pairs, pairs}, 1);
  const auto all =
      lookup(codes, {user_vectors_->weight, item_vectors_->weight, user_biases_->weight, item_biases_->weight}, {},
             at::zeros({pairs.size(0), 0}), at::kFloat);
  return at::cat({all.narrow(1, 0, factors_) * all.narrow(1, factors_, factors_), all.narrow(1, 2 * factors_, 2)}, 1);
}

std::vector<nn::LayerGroup> DotBias::groups() const {
  return {{"embeddings", {user_vectors_.ptr(), item_vectors_.ptr(), user_biases_.ptr(), item_biases_.ptr()}}};
}

std::string DotBias::body_fingerprint() const {
  return ContentHash().add("dot").add(nn::hash_of(nn::state_of(*this))).hex();
}

std::shared_ptr<nn::Model> make_collab_model(const CollabOptions& options, int64_t users, int64_t items,
                                             uint64_t seed) {
  check_counts(users, items);
  if (options.arch == CollabArch::dot) return std::make_shared<DotBias>(users, items, options, seed);
  ModelOptions network{.arch = Arch::modern, .layers = options.layers, .dropout = options.dropout};
  if (network.layers.empty()) network.layers = {options.factors};
  network.embedding_dropout = options.embedding_dropout;
  const nn::Task rating{.kind = nn::TaskKind::regression, .classes = 1};
  return make_model(network, TableShape{.levels = {users, items}}, rating, seed);
}

Learner collab_learner(const TableData& ratings, const CollabOptions& options, LearnerOptions training) {
  const auto& levels = ratings.shape.levels;
  if (levels.size() != 2 || ratings.shape.continuous != 0)
    throw ConfigError("data",
                      "has " + std::to_string(levels.size()) + " categorical and " +
                          std::to_string(ratings.shape.continuous) +
                          " continuous columns; ratings have two categorical ones, user and item: train a table "
                          "network on more");
  if (ratings.task.kind != nn::TaskKind::regression || ratings.task.classes != 1)
    throw ConfigError("task", "is no regression of one number, and a rating is one");
  auto network = make_collab_model(options, levels[0], levels[1], training.seed);
  return Learner(ratings.data, std::move(network), with_range(ratings.task, options.range), std::move(training));
}

void average_unseen(torch::nn::Module& model) {
  const at::NoGradGuard no_grad;
  model.apply([](torch::nn::Module& layer) {
    const auto* vectors = dynamic_cast<VectorsImpl*>(&layer);
    if (vectors && vectors->weight.size(0) > 1)
      vectors->weight[0].copy_(vectors->weight.narrow(0, 1, vectors->weight.size(0) - 1).mean(0));
  });
}

std::vector<Recommendation> recommend(Learner& learner, int64_t users, int64_t items, int64_t user, int64_t count,
                                      const std::unordered_set<int64_t>& seen) {
  if (user < 0 || user >= users)
    throw ConfigError("user", "is number " + std::to_string(user) + ", and users are numbered from 1 to " +
                                  std::to_string(users - 1) + "; 0 stands for an unseen one");
  const at::NoGradGuard no_grad;
  const Evaluating mode(learner.model());
  return best(ratings_of(learner, items, user), count, seen);
}

double mean_target(const TableDataset& ratings) {
  double sum = 0;
  each_rating(ratings, [&](int64_t, int64_t, double rating) { sum += rating; });
  return sum / static_cast<double>(ratings.size());
}

double recall_at(Learner& learner, const TableDataset& train, const TableDataset& valid, int64_t users, int64_t items,
                 int64_t count, double relevant, int64_t most_users) {
  std::map<int64_t, std::unordered_set<int64_t>> wanted, rated;
  each_rating(valid, [&](int64_t user, int64_t item, double rating) {
    if (rating >= relevant && item != 0) wanted[user].insert(item);
  });
  each_rating(train, [&](int64_t user, int64_t item, double) { rated[user].insert(item); });
  double sum = 0;
  const auto among = static_cast<int64_t>(wanted.size());
  const int64_t every = most_users > 0 ? std::max<int64_t>((among + most_users - 1) / most_users, 1) : 1;
  int64_t place = 0, looked = 0;
  for (const auto& [user, items_wanted] : wanted) {
    if (place++ % every != 0) continue;
    ++looked;
    int64_t found = 0;
    for (const auto& one : recommend(learner, users, items, user, count, rated[user]))
      found += items_wanted.contains(one.item);
    sum += static_cast<double>(found) / static_cast<double>(items_wanted.size());
  }
  return looked == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(looked);
}

}  // namespace tenfold::tabular
