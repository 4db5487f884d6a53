#include "tenfold/tabular/embedding_rule.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::tabular {

int64_t embedding_size(EmbeddingRule rule, int64_t levels) {
  if (rule == EmbeddingRule::legacy) return std::min<int64_t>(50, (levels + 1) / 2);
  return std::min<int64_t>(600, std::llround(1.6 * std::pow(static_cast<double>(levels), 0.56)));
}

std::vector<int64_t> embedding_sizes(const ModelOptions& options, const std::vector<int64_t>& levels,
                                     EmbeddingRule otherwise) {
  const auto& given = options.embedding_sizes;
  if (!given.empty() && given.size() != levels.size())
    throw ConfigError("model.embedding_sizes", "has " + std::to_string(given.size()) + " widths for " +
                                                   std::to_string(levels.size()) +
                                                   " categorical columns; give one each, 0 for the rule's");
  const auto rule = options.embedding_rule == EmbeddingRule::automatic ? otherwise : options.embedding_rule;
  std::vector<int64_t> sizes;
  for (size_t c = 0; c < levels.size(); ++c) {
    if (!given.empty() && given[c] < 0)
      throw ConfigError("model.embedding_sizes", "holds " + std::to_string(given[c]) + "; needs widths of at least 0");
    sizes.push_back(!given.empty() && given[c] > 0 ? given[c] : embedding_size(rule, levels[c]));
  }
  return sizes;
}

}  // namespace tenfold::tabular
