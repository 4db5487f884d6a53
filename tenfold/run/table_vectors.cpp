#include "tenfold/run/table_vectors.h"

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tenfold/data/write_csv.h"
#include "tenfold/tabular/embeddings.h"

namespace tenfold {
namespace {

/// A name that may be a file's.
std::string file_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name + ".csv";
}

}  // namespace

std::vector<CategoryVectors> category_vectors(const tabular::Preprocessor& preprocessor, nn::Model& model) {
  std::vector<CategoryVectors> all;
  for (const auto& module : model.modules()) {
    const auto embeddings = std::dynamic_pointer_cast<tabular::EmbeddingsImpl>(module);
    if (!embeddings) continue;
    for (size_t c = 0; c < preprocessor.categories.size(); ++c) {
      const auto& category = preprocessor.categories[c];
      CategoryVectors vectors{category.name, {}, embeddings->vectors(c).detach().to(at::kFloat).cpu()};
      for (int64_t code = 0; code < tabular::cardinality(category); ++code)
        vectors.levels.push_back(tabular::level_name(category, code));
      all.push_back(std::move(vectors));
    }
    break;
  }
  return all;
}

void write_vectors(const std::filesystem::path& folder, const std::vector<CategoryVectors>& categories) {
  if (categories.empty()) return;
  std::filesystem::create_directories(folder);
  for (const auto& category : categories) {
    std::vector<std::pair<std::string, Column>> columns = {{"level", Column::text(category.levels)}};
    const auto by_value = category.vectors.t().contiguous();
    for (int64_t k = 0; k < by_value.size(0); ++k) {
      const float* value = by_value[k].const_data_ptr<float>();
      columns.emplace_back("v" + std::to_string(k + 1),
                           Column::real(std::vector<float>(value, value + by_value.size(1))));
    }
    write_csv(Frame(std::move(columns), category.name), folder / file_name(category.name));
  }
}

}  // namespace tenfold
