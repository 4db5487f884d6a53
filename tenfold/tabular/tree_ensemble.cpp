#include "tenfold/tabular/tree_ensemble.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/tabular/tree_text.h"

namespace tenfold::tabular {
namespace {

constexpr int kCategorical = 1, kDefaultLeft = 2, kMissingShift = 2, kMissingMask = 3;  // bits of decision_type
constexpr int8_t kZeroIsMissing = 1, kNanIsMissing = 2;
constexpr double kZero = 1e-35;  // what LightGBM takes for 0
constexpr int64_t kWordBits = 32;

bool one_model(const nn::Task& task) {
  return task.kind == nn::TaskKind::single_label || task.kind == nn::TaskKind::ordinal;
}

void softmax(double* scores, int64_t count) {
  const double highest = *std::max_element(scores, scores + count);
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += scores[k] = std::exp(scores[k] - highest);
  for (int64_t k = 0; k < count; ++k) scores[k] /= sum;
}

}  // namespace

TreeEnsemble::TreeEnsemble(const std::string& text, const std::string& name) {
  TreeText reader(text, name);
  columns_ = reader.whole("max_feature_idx") + 1;
  outputs_ = reader.whole("num_tree_per_iteration");
  if (columns_ < 1 || outputs_ < 1) throw WeightsError(name, "", "has trees of no columns or outputs; save it anew");
  averages_ = reader.has("average_output");
  read_objective(reader.value("objective"), name);
  while (reader.next_tree()) take_tree(reader);
  if (trees_.empty() || trees_.size() % static_cast<size_t>(outputs_) != 0)
    throw WeightsError(name, "",
                       "holds " + std::to_string(trees_.size()) + " trees for " + std::to_string(outputs_) +
                           " outputs: its end is missing; save it anew");
}

/// What a sum of leaves means: "binary sigmoid:1".
void TreeEnsemble::read_objective(const std::string& objective, const std::string& name) {
  const std::string kind = objective.substr(0, objective.find(' '));
  const auto one_of = [&](std::initializer_list<const char*> known) {
    return std::find(known.begin(), known.end(), kind) != known.end();
  };
  if (one_of({"regression", "regression_l1", "huber", "fair", "quantile", "mape"}) &&
      objective.find(" sqrt") == std::string::npos)
    score_ = Score::value;
  else if (one_of({"poisson", "gamma", "tweedie"}))
    score_ = Score::exponential;
  else if (one_of({"binary", "cross_entropy"}))
    score_ = Score::sigmoid;
  else if (kind == "multiclass")
    score_ = Score::softmax;
  else
    throw WeightsError(
        name, "",
        "is of objective '" + objective + "', whose scores have no meaning here; leave it out of trees.parameters");
  if (const auto at = objective.find("sigmoid:"); at != std::string::npos)
    sigmoid_ = TreeText::number(objective.substr(at + 8, objective.find(' ', at) - at - 8), name);
}

void TreeEnsemble::take_tree(const TreeText& text) {
  Tree tree;
  const int64_t leaves = text.whole("num_leaves"), splits = leaves - 1;
  if (leaves < 1) text.refuse("num_leaves", "is below 1");
  if (text.has("is_linear") && text.whole("is_linear") != 0)
    text.refuse("is_linear", "is on: trees with lines in their leaves are not known here");
  tree.leaves = text.numbers("leaf_value", leaves);
  if (splits > 0) {
    const auto column = text.wholes("split_feature", splits), decision = text.wholes("decision_type", splits),
               left = text.wholes("left_child", splits), right = text.wholes("right_child", splits);
    const auto threshold = text.numbers("threshold", splits);
    const int64_t sets = text.has("num_cat") ? text.whole("num_cat") : 0;
    std::vector<int64_t> bounds, words;
    if (sets > 0) {
      bounds = text.wholes("cat_boundaries", sets + 1);
      if (bounds.front() != 0 || !std::is_sorted(bounds.begin(), bounds.end()))
        text.refuse("cat_boundaries", "does not ascend from 0");
      words = text.wholes("cat_threshold", bounds.back());
    }
    const size_t first = bits_.size();
    for (const int64_t word : words) bits_.push_back(static_cast<uint32_t>(word));
    for (int64_t k = 0; k < splits; ++k) {
      const auto at = static_cast<size_t>(k);
      // A split is younger than the one above it, so that ways down end.
      for (const int64_t child : {left[at], right[at]})
        if (child >= 0 ? child <= k || child >= splits : ~child >= leaves)
          text.refuse("left_child", "and right_child lead nowhere at split " + std::to_string(k));
      if (column[at] < 0 || column[at] >= columns_)
        text.refuse("split_feature", "names column " + std::to_string(column[at]) + " of " + std::to_string(columns_));
      Node node{.column = static_cast<int32_t>(column[at]),
                .left = static_cast<int32_t>(left[at]),
                .right = static_cast<int32_t>(right[at]),
                .categorical = (decision[at] & kCategorical) != 0,
                .default_left = (decision[at] & kDefaultLeft) != 0,
                .missing = static_cast<int8_t>((decision[at] >> kMissingShift) & kMissingMask),
                .threshold = threshold[at]};
      if (node.categorical) {
        if (!(threshold[at] >= 0 && threshold[at] < static_cast<double>(sets)))
          text.refuse("threshold", "names no set of categories at split " + std::to_string(k));
        const auto set = static_cast<size_t>(threshold[at]);
        node.first = first + static_cast<size_t>(bounds[set]);
        node.words = static_cast<size_t>(bounds[set + 1] - bounds[set]);
      }
      tree.nodes.push_back(node);
    }
  }
  trees_.push_back(std::move(tree));
}

bool TreeEnsemble::goes_left(const Node& node, double value) const {
  if (node.categorical) {
    if (!(value >= 0 && value < static_cast<double>(kWordBits * node.words))) return false;  // missing ones, too
    const auto level = static_cast<size_t>(value);
    return ((bits_[node.first + level / kWordBits] >> (level % kWordBits)) & 1U) != 0;
  }
  if (std::isnan(value)) {
    if (node.missing == kNanIsMissing) return node.default_left;
    value = 0;
  }
  if (node.missing == kZeroIsMissing && std::abs(value) <= kZero) return node.default_left;
  return value <= node.threshold;
}

double TreeEnsemble::leaf_of(const Tree& tree, const float* row) const {
  if (tree.nodes.empty()) return tree.leaves.front();
  int32_t at = 0;
  while (at >= 0) {
    const Node& node = tree.nodes[static_cast<size_t>(at)];
    at = goes_left(node, row[node.column]) ? node.left : node.right;
  }
  return tree.leaves[static_cast<size_t>(~at)];
}

at::Tensor TreeEnsemble::predict(const at::Tensor& values) const {
  TORCH_CHECK(values.dim() == 2 && values.size(1) == columns_ && values.scalar_type() == at::kFloat, "trees of ",
              columns_, " columns were given ", values.sizes());
  const auto rows = values.contiguous();
  auto result = at::zeros({rows.size(0), outputs_}, at::kDouble);
  const float* row = rows.const_data_ptr<float>();
  double* out = result.mutable_data_ptr<double>();
  constexpr int64_t kRowsAThread = 256;
  const double rounds = static_cast<double>(trees_.size()) / static_cast<double>(outputs_);
  at::parallel_for(0, rows.size(0), kRowsAThread, [&](int64_t from, int64_t to) {
    for (int64_t k = from; k < to; ++k) {
      double* scores = out + k * outputs_;
      for (size_t t = 0; t < trees_.size(); ++t)
        scores[t % static_cast<size_t>(outputs_)] += leaf_of(trees_[t], row + k * columns_);
      for (int64_t c = 0; c < outputs_; ++c) {
        if (averages_) scores[c] /= rounds;
        if (score_ == Score::sigmoid) scores[c] = 1 / (1 + std::exp(-sigmoid_ * scores[c]));
        if (score_ == Score::exponential) scores[c] = std::exp(scores[c]);
      }
      if (score_ == Score::softmax) softmax(scores, outputs_);
    }
  });
  return result;
}

at::Tensor tree_values(const TableDataset& rows) {
  std::vector<int64_t> all(static_cast<size_t>(rows.size()));
  std::iota(all.begin(), all.end(), 0);
  const auto batch = rows.gather(std::move(all), std::nullopt);
  const auto codes = batch.x[0].to(at::kFloat);
  return at::cat({codes.masked_fill(codes == 0, std::numeric_limits<float>::quiet_NaN()), batch.x[1]}, 1).contiguous();
}

Trees::Trees(const nn::Task& task, const std::vector<std::string>& texts, const std::string& name)
    : two_classes_(one_model(task) && task.classes == 2) {
  for (const auto& text : texts) models_.emplace_back(text, name);
  int64_t outputs = two_classes_ ? 1 : 0;
  for (const auto& model : models_) outputs += model.outputs();
  const bool one = !one_model(task) || models_.size() == 1;
  if (models_.empty() || !one || outputs != task.classes)
    throw WeightsError(name, "",
                       "has trees for " + std::to_string(outputs) + " outputs, and the task has " +
                           std::to_string(task.classes) + "; save it anew");
}

at::Tensor Trees::predict(const TableDataset& rows) const {
  const auto values = tree_values(rows);
  if (values.size(1) != models_.front().columns())
    throw ConfigError("data", "has " + std::to_string(values.size(1)) + " columns, and the trees were trained on " +
                                  std::to_string(models_.front().columns()) + "; preprocess with what was fitted then");
  std::vector<at::Tensor> columns;
  for (const auto& model : models_) columns.push_back(model.predict(values));
  if (two_classes_) columns.insert(columns.begin(), 1 - columns.front());
  return at::cat(columns, 1).to(at::kFloat);
}

}  // namespace tenfold::tabular
