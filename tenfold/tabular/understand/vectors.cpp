#include "tenfold/tabular/understand/vectors.h"

#include <torch/types.h>

#include <memory>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/write_csv.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/embeddings.h"
#include "tenfold/train/embedding.h"

namespace tenfold::tabular {
namespace {

void check(const Category& category, const at::Tensor& vectors) {
  if (vectors.dim() == 2 && vectors.size(0) == cardinality(category)) return;
  throw Error("'" + category.name + "' has " + std::to_string(cardinality(category)) + " codes, but its vectors are " +
              std::to_string(vectors.dim() == 2 ? vectors.size(0) : 0) + " rows; give the table of that category");
}

}  // namespace

std::vector<CategoryVectors> category_vectors(const Preprocessor& preprocessor, nn::Model& model) {
  std::vector<CategoryVectors> all;
  for (const auto& module : model.modules()) {
    const auto embeddings = std::dynamic_pointer_cast<EmbeddingsImpl>(module);
    if (!embeddings) continue;
    for (size_t c = 0; c < preprocessor.categories.size(); ++c)
      all.push_back({preprocessor.categories[c], embeddings->vectors(c).detach().to(at::kFloat).cpu()});
    break;
  }
  if (auto* pairs = dynamic_cast<DotBias*>(&model)) {
    auto weights = nn::state_of(*pairs);
    all.push_back({preprocessor.categories.at(0), weights.at("u_weight.weight").detach().to(at::kFloat).cpu()});
    all.push_back({preprocessor.categories.at(1), weights.at("i_weight.weight").detach().to(at::kFloat).cpu()});
  }
  return all;
}

std::vector<LevelPlace> places_of(const Category& category, const at::Tensor& vectors) {
  check(category, vectors);
  const at::NoGradGuard no_grad;
  std::vector<LevelPlace> out;
  const int64_t levels = vectors.size(0) - 1;
  if (levels < 1) return out;
  const auto places = principal_components(vectors.narrow(0, 1, levels).to(at::kFloat), 2).contiguous();
  const int64_t columns = places.size(1);
  const auto* at = places.const_data_ptr<double>();
  for (int64_t k = 0; k < levels; ++k)
    out.push_back(
        {.level = level_name(category, k + 1), .x = at[k * columns], .y = columns > 1 ? at[k * columns + 1] : 0});
  return out;
}

void write_vectors(const std::filesystem::path& path, const Category& category, const at::Tensor& vectors) {
  check(category, vectors);
  std::vector<std::string> levels;
  for (int64_t code = 0; code < vectors.size(0); ++code) levels.push_back(level_name(category, code));
  std::vector<std::pair<std::string, Column>> columns = {{"level", Column::text(levels)}};
  const auto by_value = vectors.detach().to(at::kFloat).t().contiguous();
  for (int64_t k = 0; k < by_value.size(0); ++k) {
    const float* value = by_value[k].const_data_ptr<float>();
    columns.emplace_back("v" + std::to_string(k + 1),
                         Column::real(std::vector<float>(value, value + by_value.size(1))));
  }
  write_csv(Frame(std::move(columns), category.name), path);
}

}  // namespace tenfold::tabular
