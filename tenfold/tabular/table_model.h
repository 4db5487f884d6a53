#pragma once
// What all networks of tables share: what a batch holds, layer groups, and one way to make any of them.

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/nn/task.h"
#include "tenfold/tabular/model_options.h"
#include "tenfold/tabular/number_embedding.h"
#include "tenfold/tabular/table_shape.h"

namespace tenfold::tabular {

/// Batch::x by name. `dtype` is what wide layers compute in: that of x[2], an empty tensor, where there is one
/// (TableTransform puts it there), else fp32. Codes and numbers stay whole: bf16 would round a number to three digits.
struct TableInput {
  explicit TableInput(const std::vector<torch::Tensor>& x)
      : codes(x.at(0)), continuous(x.at(1)), dtype(x.size() > 2 ? x[2].scalar_type() : at::kFloat) {}
  const torch::Tensor& codes;       ///< [N, C] int64
  const torch::Tensor& continuous;  ///< [N, K] fp32
  at::ScalarType dtype;
};

/// Layer groups "embeddings" (left out where nothing is embedded), "body", "head".
class TableModel : public nn::Model {
 public:
  std::vector<nn::LayerGroup> groups() const override { return groups_; }
  std::shared_ptr<torch::nn::Module> head_module() const override { return groups_.back().modules.front(); }
  std::string body_fingerprint() const override;
  /// Takes from the training rows' numbers [N, K] what the network needs before its first step: bins. Where nothing is
  /// needed, does nothing.
  void fit(const torch::Tensor& continuous);

 protected:
  /// `description` tells apart networks whose weights have the same names and shapes.
  explicit TableModel(std::string description) : description_(std::move(description)) {}
  using Modules = std::vector<std::shared_ptr<torch::nn::Module>>;
  void set_groups(const Modules& embeddings, const Modules& body, const std::shared_ptr<torch::nn::Module>& head);
  /// The options' embedding of numbers, `otherwise` where they say auto, registered as "numbers"; null for none.
  std::shared_ptr<NumberVectors> make_numbers(const ModelOptions& options, NumberEmbedding otherwise, int64_t columns,
                                              uint64_t seed);

 private:
  std::string description_;
  std::vector<nn::LayerGroup> groups_;
  std::shared_ptr<NumberVectors> numbers_;
};

/// The network that the options name, with random weights by the seed; a function of its arguments alone. Throws
/// ConfigError where an option cannot work or does not go with the network.
std::shared_ptr<TableModel> make_model(const ModelOptions& options, const TableShape& shape, const nn::Task& task,
                                       uint64_t seed);

/// One value for each of `layers`: the options' own, one for all or one each, else `otherwise`. Throws
/// ConfigError("model.dropout", …).
std::vector<double> dropouts(const ModelOptions& options, size_t layers, const std::vector<double>& otherwise);

}  // namespace tenfold::tabular
