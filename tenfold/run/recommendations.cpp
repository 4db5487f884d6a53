#include "tenfold/run/recommendations.h"

#include <ATen/ATen.h>

#include <memory>
#include <unordered_set>

#include "tenfold/core/error.h"
#include "tenfold/tabular/category.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/load.h"

namespace tenfold {
namespace {

constexpr const char* kRare = "#rare#";  // many items under one name

int32_t code_of(const tabular::Category& category, const std::string& level) {
  const Column column = Column::text({level});
  int32_t code = 0;
  tabular::CategoryReader(category, column).read(column, &code, 1);
  return code;
}

/// Rows of the file, or where there is none one of nothing: a learner has to have some.
Data rows_of(const TablePipeline& table, const std::string& ratings) {
  const auto& collab = table.collab;
  const Frame frame = ratings.empty()
                          ? Frame({{collab.user, Column::text({""})}, {collab.item, Column::text({""})}}, "nobody")
                          : tabular::read_table(ratings, table.data);
  return tabular::to_predict(frame, table.preprocessor);
}

/// Items that this user has in the rows.
std::unordered_set<int64_t> rated_by(int64_t user, const Dataset& rows) {
  const auto codes = dynamic_cast<const tabular::TableDataset&>(rows).columns().codes.to(at::kLong).contiguous();
  const auto* pair = codes.const_data_ptr<int64_t>();
  std::unordered_set<int64_t> items;
  for (int64_t k = 0; k < codes.size(0); ++k)
    if (pair[2 * k] == user && pair[2 * k + 1] != 0) items.insert(pair[2 * k + 1]);
  return items;
}

}  // namespace

Recommendations recommendations(const Bundle& bundle, const std::string& user, int64_t count,
                                const std::string& ratings) {
  const auto& pipeline = bundle.pipeline;
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  if (!table || !tabular::of_ratings(table->collab))
    throw ConfigError("MODEL",
                      "knows no users and items; train on a table of ratings with --collab.user and --collab.item");
  const auto& users = table->preprocessor.categories.at(0);
  const auto& items = table->preprocessor.categories.at(1);
  const int64_t code = code_of(users, user);
  Learner learner = learner_for(
      bundle, rows_of(*table, ratings),
      {.precision = pipeline.precision == "bf16" ? Precision::bf16 : Precision::fp32, .threads = pipeline.threads});
  Recommendations out{.items = {}, .known = code != 0, .rated = 0};
  std::unordered_set<int64_t> without;
  if (out.known) without = rated_by(code, *learner.data().test);
  out.rated = static_cast<int64_t>(without.size());
  const int64_t last = tabular::cardinality(items) - 1;
  if (last > 0 && tabular::level_name(items, last) == kRare) without.insert(last);
  for (const auto& one :
       tabular::recommend(learner, tabular::cardinality(users), tabular::cardinality(items), code, count, without)) {
    const auto rating = tabular::to_unit(table->preprocessor, at::full({1, 1}, one.rating, at::kFloat));
    out.items.push_back({tabular::level_name(items, one.item), rating.item<double>()});
  }
  return out;
}

}  // namespace tenfold
