// One row at a time says what a table of these rows says: the same network, the same reading of texts.

#include "tenfold/bundle/row_predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/load.h"
#include "tenfold/tabular/table_model.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kColumns = {"when", "shop", "code", "open", "weight", "sold"};
/// Thousands, missing values, text with a separator, days.
const std::vector<std::vector<std::string>> kRows = {
    {"2015-01-31", "north", "3", "true", "1,250.5", "7"}, {"2015-02-01", "south, old", "4", "false", "12", "9"},
    {"2015-02-07", "north", "5", "true", "NA", "4"},      {"2015-03-01", "east", "3", "true", "700.25", "8"},
    {"2015-03-31", "east", "4", "false", "0.5", "2"},     {"2015-12-31", "south, old", "5", "true", "33", "6"}};

std::string csv_of(const std::vector<std::vector<std::string>>& rows) {
  std::string csv = "when,shop,code,open,weight,sold\n";
  for (const auto& row : rows)
    for (size_t k = 0; k < row.size(); ++k) csv += '"' + row[k] + '"' + (k + 1 < row.size() ? "," : "\n");
  return csv;
}

RowPredictor::Row named(const std::vector<std::string>& row) {
  RowPredictor::Row out;
  for (size_t k = row.size(); k-- > 0;) out.emplace_back(kColumns[k], row[k]);  // in another order
  return out;
}

Bundle bundle_for(const tabular::DataOptions& options) {
  const Frame frame = parse_frame(csv_of(kRows), "made");
  TablePipeline table{options, {.layers = {8}}, tabular::fit(frame, tabular::all_rows(frame), options)};
  Bundle bundle{.pipeline = {.task = tabular::task_of(table.preprocessor),
                             .classes = {},
                             .outputs = {},
                             .of = table,
                             .provenance = {}},
                .model = tabular::make_model(table.model, tabular::shape_of(table.preprocessor),
                                             tabular::task_of(table.preprocessor), 3)};
  (options.kind == tabular::Target::regression ? bundle.pipeline.outputs : bundle.pipeline.classes) =
      table.preprocessor.target.classes;
  bundle.model->eval();
  return bundle;
}

at::Tensor of_the_table(const Bundle& bundle, const std::vector<std::vector<std::string>>& rows) {
  const auto& preprocessor = std::get<TablePipeline>(bundle.pipeline.of).preprocessor;
  Learner learner = learner_for(bundle, tabular::to_predict(parse_frame(csv_of(rows), "made"), preprocessor),
                                {.precision = Precision::fp32, .threads = 1});
  const auto activated = predict(learner, Split::test).activated;
  return tabular::to_unit(preprocessor, activated);
}

TEST(RowPredictor, SaysWhatTheTableSays) {
  const auto bundle = bundle_for({.target = {"sold > 5"}, .category_limit = 3});
  auto rows = kRows;
  rows.push_back({"2016-02-29", "west", "9", "false", "", "5"});  // levels that no training row has
  const auto expected = of_the_table(bundle, rows);
  RowPredictor predictor(bundle);
  EXPECT_THAT(predictor.names(), testing::ElementsAre("no", "yes"));
  for (size_t k = 0; k < rows.size(); ++k) {
    const auto got = predictor.predict(named(rows[k]));
    ASSERT_EQ(got.size(), 2u);
    for (size_t c = 0; c < 2; ++c)
      EXPECT_NEAR(got[c], expected[static_cast<int64_t>(k)][static_cast<int64_t>(c)].item<float>(), 1e-6) << k;
  }
  EXPECT_GT(std::abs(predictor.predict(named(rows[0]))[1] - predictor.predict(named(rows[1]))[1]), 1e-4);
}

TEST(RowPredictor, SaysValuesInTheUnitOfTheTable) {
  const auto bundle = bundle_for({.target = {"sold"},
                                  .kind = tabular::Target::regression,
                                  .category_limit = 3,
                                  .target_transform = tabular::TargetTransform::log});
  const auto expected = of_the_table(bundle, kRows);
  RowPredictor predictor(bundle);
  for (size_t k = 0; k < kRows.size(); ++k)
    EXPECT_NEAR(predictor.predict(named(kRows[k])).at(0), expected[static_cast<int64_t>(k)][0].item<float>(), 1e-5);
}

TEST(RowPredictor, NamesWhatIsMissingAndWhatItCannotDo) {
  RowPredictor predictor(bundle_for({.target = {"sold > 5"}}));
  try {
    predictor.predict({{"when", "2015-01-31"}, {"shop", "north"}, {"code", "3"}, {"wieght", "1"}});
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'weight'"));
    EXPECT_THAT(error.what(), HasSubstr("'open'"));
  }
  auto row = named(kRows[0]);
  row.back().second = "some day";
  EXPECT_THROW(predictor.predict(row), DataError);
  auto options = tabular::DataOptions{.target = {"sold > 5"}};
  auto bundle = bundle_for(options);
  std::get<TablePipeline>(bundle.pipeline.of).data.elapsed = {"open"};
  EXPECT_THROW(RowPredictor{bundle}, ConfigError);
  bundle = bundle_for(options);
  std::get<TablePipeline>(bundle.pipeline.of).companion.trees = {"tree"};
  EXPECT_THROW(RowPredictor{bundle}, ConfigError);
}

}  // namespace
}  // namespace tenfold
