// What becomes of a table's columns; numbers of fastai's processors by tools/reference_preprocess.py.

#include "tenfold/tabular/preprocess.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <limits>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold::tabular {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Column texts(const std::vector<std::string>& values) {
  std::vector<int32_t> codes;
  std::vector<std::string> levels;
  for (const auto& value : values) {
    auto found = std::find(levels.begin(), levels.end(), value);
    if (found == levels.end() && !value.empty()) found = levels.insert(levels.end(), value);
    codes.push_back(value.empty() ? null_code : static_cast<int32_t>(found - levels.begin()));
  }
  return Column::category(std::move(codes), std::move(levels));
}

Column reals(std::vector<double> values) { return Column::real(std::move(values)); }

/// The table of the reference: the first seven rows train.
Frame table() {
  return Frame({{"colour", texts({"red", "blue", "", "red", "green", "blue", "red", "violet", "blue", ""})},
                {"size", reals({3.5, kNone, 1.25, 8, kNone, 2.5, 4, 100, kNone, 2.5})},
                {"weight", reals({10, 12.5, 11, 9, 30, 12, 11.5, 10.5, 13, 8})},
                {"grade", Column::integer({10, 9, 10, 2, 9, 2, 10, 3, 10, 9})},
                {"y", reals({1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10})}});
}
const std::vector<int64_t> kTrain = {0, 1, 2, 3, 4, 5, 6}, kValid = {7, 8, 9};

DataOptions options_for(const std::string& target = "y") { return {.target = {target}}; }

std::vector<int64_t> codes_of(const at::Tensor& codes, int64_t column) {
  const auto one = codes.select(1, column).to(at::kLong).contiguous();
  return {one.const_data_ptr<int64_t>(), one.const_data_ptr<int64_t>() + one.numel()};
}

void expect_near(const at::Tensor& numbers, int64_t column, const std::vector<double>& wanted) {
  for (size_t k = 0; k < wanted.size(); ++k)
    EXPECT_NEAR(numbers[static_cast<int64_t>(k)][column].item<double>(), wanted[k], 2e-6 * std::fmax(1, wanted[k]));
}

const ColumnPlan& plan_of(const Preprocessor& preprocessor, const std::string& name) {
  for (const auto& plan : preprocessor.plan)
    if (plan.name == name) return plan;
  throw Error("no column " + name);
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Preprocess, DoesWhatFastaisProcessorsDo) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  ASSERT_EQ(preprocessor.categories.size(), 3u);
  EXPECT_EQ(preprocessor.categories[0].texts, (std::vector<std::string>{"blue", "green", "red"}));
  EXPECT_EQ(preprocessor.categories[1].integers, (std::vector<int64_t>{2, 9, 10}));
  EXPECT_EQ(preprocessor.categories[2].name, "size_na");
  EXPECT_EQ(preprocessor.categories[2].source, "size");
  EXPECT_EQ(shape_of(preprocessor).levels, (std::vector<int64_t>{4, 4, 3}));

  const auto train = apply_training(preprocessor, frame, kTrain).columns;
  EXPECT_EQ(codes_of(train.codes, 0), (std::vector<int64_t>{3, 1, 0, 3, 2, 1, 3}));
  EXPECT_EQ(codes_of(train.codes, 1), (std::vector<int64_t>{3, 2, 3, 1, 2, 1, 3}));
  EXPECT_EQ(codes_of(train.codes, 2), (std::vector<int64_t>{1, 2, 1, 1, 2, 1, 1}));
  expect_near(train.continuous, 0,
              {-0.12940791996457948, -0.12940791996457948, -1.2940791996457948, 2.1999346393978514,
               -0.12940791996457948, -0.6470395998228974, 0.12940791996457948});
  expect_near(train.continuous, 1,
              {-0.5511369674010657, -0.18017939318880985, -0.4027539377161633, -0.6995199970859679, 2.4165236262969803,
               -0.254370908031261, -0.3285624228737122});
  EXPECT_EQ(train.target.sizes(), (at::IntArrayRef{7, 1}));
  EXPECT_EQ(train.target[0][0].item<float>(), 1.5f);

  const auto valid = apply(preprocessor, frame, kValid);
  EXPECT_EQ(codes_of(valid.columns.codes, 0), (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(codes_of(valid.columns.codes, 1), (std::vector<int64_t>{0, 3, 2}));
  EXPECT_EQ(codes_of(valid.columns.codes, 2), (std::vector<int64_t>{1, 2, 1}));
  expect_near(valid.columns.continuous, 0, {49.8220491863631, -0.12940791996457948, -0.6470395998228974});
  EXPECT_THAT(valid.remarks, Contains(HasSubstr("'colour': 1 row(s) have a level that no training row has ('violet' in "
                                                "row 8)")));
}

TEST(Preprocess, SaysWhatEachColumnIsAndWhy) {
  std::vector<int64_t> number, few, id;
  std::vector<std::string> names;
  std::vector<double> y;
  for (int k = 0; k < 200; ++k) {
    number.push_back(1000 + k);
    few.push_back(k % 7);
    id.push_back(k * 37 % 25 * 11);
    names.push_back("name " + std::to_string(k));
    y.push_back(k * 0.5);
  }
  const Frame frame({{"row", Column::integer(number)},
                     {"weekday", Column::integer(few)},
                     {"store_id", Column::integer(std::vector<int64_t>(200, 0))},
                     {"dept_id", Column::integer(std::move(id))},
                     {"customer", texts(names)},
                     {"empty", reals(std::vector<double>(200, kNone))},
                     {"amount", reals(y)},
                     {"spare", reals(y)},
                     {"y", reals(y)}});
  auto options = options_for();
  options.ignore = {"spare"};
  auto found = fit(frame, all_rows(frame), options);
  EXPECT_EQ(plan_of(found, "row").use, "ignored");
  EXPECT_THAT(plan_of(found, "row").reason, HasSubstr("counts the rows"));
  EXPECT_EQ(plan_of(found, "weekday").use, "category");
  EXPECT_EQ(plan_of(found, "weekday").reason, "whole numbers with 7 different values (up to 20 are a category)");
  EXPECT_THAT(plan_of(found, "store_id").reason, HasSubstr("has one value, 0"));
  EXPECT_EQ(plan_of(found, "dept_id").use, "number");  // 25 values in 200 rows: too few rows each for a code
  EXPECT_THAT(plan_of(found, "customer").reason, HasSubstr("names nearly every row"));
  EXPECT_THAT(plan_of(found, "empty").reason, HasSubstr("no value in any training row"));
  EXPECT_EQ(plan_of(found, "amount").use, "number");
  EXPECT_EQ(plan_of(found, "spare").reason, "listed in ignore");
  EXPECT_EQ(plan_of(found, "y").use, "target");
  options.categorical = {"row", "customer"};
  found = fit(frame, all_rows(frame), options);
  EXPECT_EQ(plan_of(found, "customer").use, "category");
  EXPECT_EQ(cardinality(found.categories[0]), 201);
}

TEST(Preprocess, TravelsAsJsonExactly) {
  const Frame frame = table();
  auto options = options_for();
  options.scaling = Scaling::quantile;
  options.target_transform = TargetTransform::box_cox;
  options.target_encode = {"grade"};
  options.min_count = 2;
  const auto before = fit(frame, kTrain, options);
  const auto text = to_json(before).dump();
  const auto after = preprocessor_of(Json::parse(text), "bundle");
  EXPECT_EQ(to_json(after).dump(), text);
  const auto rows = all_rows(frame);
  const auto a = apply(before, frame, rows).columns, b = apply(after, frame, rows).columns;
  EXPECT_TRUE(at::equal(a.codes, b.codes));
  EXPECT_TRUE(at::equal(a.continuous, b.continuous));
  EXPECT_TRUE(at::equal(a.target, b.target));
  EXPECT_THROW(preprocessor_of({{"plam", 1}}, "bundle"), DataError);
}

TEST(Preprocess, FoldsRareLevelsIntoOneAndKnowsThem) {
  const Frame frame = table();
  auto options = options_for();
  options.min_count = 2;
  const auto preprocessor = fit(frame, kTrain, options);
  const auto& colour = preprocessor.categories[0];
  EXPECT_EQ(colour.texts, (std::vector<std::string>{"blue", "red"}));
  EXPECT_EQ(colour.rare_texts, (std::vector<std::string>{"green"}));
  EXPECT_EQ(cardinality(colour), 4);
  EXPECT_EQ(level_name(colour, 3), "#rare#");
  EXPECT_EQ(level_name(colour, 0), "#na#");
  const auto codes = codes_of(apply(preprocessor, frame, all_rows(frame)).columns.codes, 0);
  EXPECT_EQ(codes, (std::vector<int64_t>{2, 1, 0, 2, 3, 1, 2, 0, 1, 0}));  // violet is unseen, not rare
  options.min_count = 1;
  options.max_levels = 1;
  EXPECT_EQ(fit(frame, kTrain, options).categories[0].texts, (std::vector<std::string>{"red"}));
}

TEST(Preprocess, TakesColumnsInAnyOrderAndTellsOfNewOnes) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  const auto wanted = apply(preprocessor, frame, kValid).columns;
  const Frame other = frame.select({"weight", "grade", "colour", "size"}).with("extra", reals(std::vector<double>(10)));
  const auto found = apply(preprocessor, other, kValid);
  EXPECT_TRUE(at::equal(found.columns.codes, wanted.codes));
  EXPECT_TRUE(at::equal(found.columns.continuous, wanted.continuous));
  EXPECT_FALSE(found.columns.target.defined());
  EXPECT_THAT(found.remarks, Contains(HasSubstr("ignored: 'extra'")));
}

TEST(Preprocess, NamesAllColumnsThatAreMissing) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  const auto text =
      message_of([&] { apply(preprocessor, frame.without({"size", "grade"}).renamed("colour", "color"), kValid); });
  EXPECT_THAT(text, HasSubstr("'colour' (nearest is 'color')"));
  EXPECT_THAT(text, HasSubstr("'size'"));
  EXPECT_THAT(text, HasSubstr("'grade'"));
}

TEST(Preprocess, ReadsTypesThatChanged) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  const auto wanted = apply(preprocessor, frame, kValid).columns;
  const auto found = apply(preprocessor,
                           frame.with("grade", texts({"10", "9", "10", "2", "9", "2", "10", "3", "10", "9"}))
                               .with("weight", texts({"10", "x", "1", "1", "1", "1", "1", "10.5", "13", " 8"})),
                           kValid);
  EXPECT_TRUE(at::equal(found.columns.codes, wanted.codes));
  EXPECT_TRUE(at::equal(found.columns.continuous, wanted.continuous));
  EXPECT_THAT(found.remarks, Contains("column 'grade' was integer in training and is category now; read as integer"));
  EXPECT_THAT(found.remarks, Contains(HasSubstr("column 'weight' was numbers in training and is category now")));
  const auto reals_now = apply(preprocessor, frame.with("grade", reals({1, 1, 1, 1, 1, 1, 1, 3, 10, 9.5})), kValid);
  EXPECT_EQ(codes_of(reals_now.columns.codes, 1), (std::vector<int64_t>{0, 3, 0}));
}

TEST(Preprocess, GivesTheSameBitsForAnyNumberOfThreads) {
  constexpr size_t kRows = 30000;
  Draw draw(7, 0, 0, Purpose::other);
  std::vector<double> x, z, y;
  std::vector<int64_t> k;
  std::vector<std::string> t;
  for (size_t row = 0; row < kRows; ++row) {
    x.push_back(draw.chance(0.1) ? kNone : draw.normal());
    z.push_back(std::exp(draw.normal()));
    k.push_back(draw.below(500));
    t.push_back("level " + std::to_string(draw.below(300)));
    y.push_back(z.back() + static_cast<double>(k.back() % 7));
  }
  const Frame frame({{"x", reals(x)}, {"z", reals(z)}, {"k", Column::integer(k)}, {"t", texts(t)}, {"y", reals(y)}});
  auto options = options_for();
  options.categorical = {"k"};
  options.target_encode = {"k", "t"};
  options.scaling = Scaling::quantile;
  std::string json;
  Columns first;
  const int before = at::get_num_threads();
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    const auto preprocessor = fit(frame, all_rows(frame), options);
    const auto columns = apply_training(preprocessor, frame, all_rows(frame)).columns;
    if (threads == 1) {
      json = to_json(preprocessor).dump();
      first = columns;
    }
    EXPECT_EQ(to_json(preprocessor).dump(), json);
    EXPECT_TRUE(at::equal(columns.codes, first.codes));
    EXPECT_TRUE(at::equal(columns.continuous, first.continuous));
  }
  at::set_num_threads(before);
}

TEST(Preprocess, EncodesLevelsByTheTargetsOfOtherRows) {
  // Every level is one row: its own target must not come through; a level of new rows may have its training mean.
  std::vector<std::string> names;
  std::vector<double> y;
  for (int k = 0; k < 100; ++k) {
    names.push_back("n" + std::to_string(k));
    y.push_back(k % 10);
  }
  const Frame frame({{"name", texts(names)}, {"y", reals(y)}});
  auto options = options_for();
  options.categorical = {"name"};
  options.target_encode = {"name"};
  options.target_encode_smoothing = 1;
  options.scaling = Scaling::none;
  options.kind = Target::regression;
  const auto preprocessor = fit(frame, all_rows(frame), options);
  ASSERT_EQ(preprocessor.numbers.size(), 1u);
  EXPECT_EQ(preprocessor.numbers[0].name, "name_mean");
  const auto train = apply_training(preprocessor, frame, all_rows(frame)).columns.continuous;
  const auto plain = apply(preprocessor, frame, all_rows(frame)).columns.continuous;
  for (int64_t row = 0; row < 100; ++row) {
    EXPECT_NEAR(train[row][0].item<double>(), 4.5, 0.6);  // the mean of the other folds
    EXPECT_NEAR(plain[row][0].item<double>(), (static_cast<double>(row % 10) + 4.5) / 2, 1e-6);
  }
}

TEST(Preprocess, LearnsClassesLabelsAndComparisons) {
  const Frame frame = table();
  auto options = options_for("colour");
  const std::vector<int64_t> rows = {0, 1, 3, 4, 5, 6};
  auto preprocessor = fit(frame, rows, options);
  EXPECT_EQ(preprocessor.target.classes, (std::vector<std::string>{"blue", "green", "red"}));
  EXPECT_EQ(task_of(preprocessor).kind, nn::TaskKind::single_label);
  const auto target = apply(preprocessor, frame, rows).columns.target;
  EXPECT_TRUE(at::equal(target, at::tensor(std::vector<int64_t>{2, 0, 2, 1, 0, 2}, at::kLong)));
  EXPECT_THAT(message_of([&] { apply(preprocessor, frame, {7}); }), HasSubstr("row 8: 'violet'"));
  EXPECT_FALSE(apply(preprocessor, frame, {0, 2}).columns.target.defined());

  preprocessor = fit(frame, kTrain, options_for("weight > 11.25"));
  EXPECT_EQ(preprocessor.target.classes, (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(plan_of(preprocessor, "weight").use, "target");
  EXPECT_TRUE(at::equal(apply(preprocessor, frame, kTrain).columns.target,
                        at::tensor(std::vector<int64_t>{0, 1, 0, 0, 1, 1, 1}, at::kLong)));

  const Frame tagged({{"tags", texts({"a;b", "b", "", "c;a"})}, {"x", reals({1, 2, 3, 4})}});
  options = options_for("tags");
  options.label_delimiter = ";";
  preprocessor = fit(tagged, {0, 1, 3}, options);
  EXPECT_EQ(preprocessor.target.classes, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(at::equal(apply(preprocessor, tagged, {0, 3}).columns.target,
                        at::tensor({1.f, 1.f, 0.f, 1.f, 0.f, 1.f}).view({2, 3})));

  const Frame pair({{"u", Column::integer({0, 1, 1})}, {"v", Column::boolean({1, 0, 1})}, {"x", reals({1, 2, 3})}});
  preprocessor = fit(pair, {0, 1, 2}, {.target = {"u", "v"}});
  EXPECT_EQ(task_of(preprocessor).kind, nn::TaskKind::multi_label);
}

TEST(Preprocess, TurnsTheTargetAndBack) {
  const Frame frame = table();
  auto options = options_for();
  options.target_transform = TargetTransform::log;
  const auto preprocessor = fit(frame, kTrain, options);
  const auto target = apply(preprocessor, frame, kTrain).columns.target;
  EXPECT_NEAR(target[1][0].item<double>(), std::log(2), 1e-6);
  EXPECT_NEAR(to_unit(preprocessor, target)[4][0].item<double>(), 5, 1e-5);
}

TEST(HostileTable, SaysWhatIsWrong) {
  const Frame frame = table();
  EXPECT_THAT(message_of([&] { fit(frame, kTrain, options_for("colour")); }), HasSubstr("is missing in row 3"));
  EXPECT_THAT(message_of([&] { fit(frame, kTrain, options_for("wieght")); }), HasSubstr("nearest is 'weight'"));
  EXPECT_THAT(message_of([&] { fit(frame, kTrain, DataOptions{}); }), HasSubstr("table.target: is empty"));
  EXPECT_THAT(message_of([&] { fit(frame, {0}, options_for()); }), HasSubstr("no column to learn from"));
  auto options = options_for();
  options.continuous = {"colour"};
  EXPECT_THAT(message_of([&] { fit(frame, kTrain, options); }), HasSubstr("table.continuous: lists 'colour'"));
  options = options_for();
  options.categorical = {"size"};
  options.ignore = {"size"};
  EXPECT_THAT(message_of([&] { fit(frame, kTrain, options); }), HasSubstr("table.categorical lists"));
  const Frame endless = frame.with("y", reals({1, 2, INFINITY, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_THAT(message_of([&] { fit(endless, kTrain, options_for()); }), HasSubstr("infinite in row 3"));
  const Frame same = frame.with("class", texts(std::vector<std::string>(10, "a")));
  EXPECT_THAT(message_of([&] { fit(same, kTrain, options_for("class")); }), HasSubstr("'a' in all training rows"));
  options = options_for();
  options.target_transform = TargetTransform::log;
  EXPECT_THAT(message_of([&] { fit(frame.with("y", reals({0, 1, 2, 3, 4, 5, 6.5, 7, 8, 9})), kTrain, options); }),
              HasSubstr("take log1p"));
}

TEST(HostileTable, LearnsFromOneRowOfListedColumns) {
  const Frame frame = table();
  auto options = options_for();
  options.categorical = {"colour"};
  options.continuous = {"weight"};
  const auto preprocessor = fit(frame, {0}, options);
  EXPECT_THAT(preprocessor.remarks, Contains(HasSubstr("nothing to learn")));
  const auto columns = apply(preprocessor, frame, {0, 1}).columns;
  EXPECT_EQ(codes_of(columns.codes, 0), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(columns.continuous[0][0].item<float>(), 0);
  EXPECT_EQ(columns.continuous[1][0].item<float>(), 2.5f);  // a deviation of 0 divides by nothing
}

TEST(HostileTable, TakesInfinitiesAsMissing) {
  const Frame frame = table().with("weight", reals({10, INFINITY, 11, 9, 30, 12, -INFINITY, 10.5, INFINITY, 8}));
  const auto preprocessor = fit(frame, kTrain, options_for());
  EXPECT_THAT(preprocessor.remarks, Contains("'weight' is infinite in 2 training row(s), taken as missing"));
  ASSERT_EQ(preprocessor.categories.size(), 4u);
  EXPECT_EQ(preprocessor.categories[3].name, "weight_na");
  const auto columns = apply(preprocessor, frame, all_rows(frame)).columns;
  EXPECT_EQ(codes_of(columns.codes, 3), (std::vector<int64_t>{1, 2, 1, 1, 1, 1, 2, 1, 2, 1}));
  EXPECT_TRUE(columns.continuous.isfinite().all().item<bool>());
  EXPECT_NEAR(unscaled(preprocessor.numbers[1], columns.continuous[1][1].item<double>()), 11, 1e-5);  // the median
}

TEST(HostileTable, TakesAHundredThousandLevels) {
  constexpr int64_t kLevels = 100000;
  std::vector<int32_t> codes;
  std::vector<std::string> levels;
  std::vector<double> y;
  for (int64_t k = 0; k < 2 * kLevels; ++k) {
    codes.push_back(static_cast<int32_t>(k % kLevels));
    if (k < kLevels) levels.push_back("user" + std::to_string(k));
    y.push_back(static_cast<double>(k) / 2);
  }
  const Frame frame({{"user", Column::category(std::move(codes), std::move(levels))}, {"y", reals(std::move(y))}});
  const auto preprocessor = fit(frame, all_rows(frame), options_for());
  EXPECT_EQ(shape_of(preprocessor).levels, (std::vector<int64_t>{kLevels + 1}));
  const auto found = apply(preprocessor, frame, {0, kLevels, 2 * kLevels - 1}).columns.codes;
  EXPECT_EQ(found[0].item<int>(), found[1].item<int>());
  EXPECT_EQ(level_name(preprocessor.categories[0], found[2].item<int>()), "user99999");
  EXPECT_EQ(cardinality(preprocessor_of(to_json(preprocessor), "x").categories[0]), kLevels + 1);
}

TEST(Preparation, InPartsIsWhatItIsAtOnce) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  const auto whole = apply(preprocessor, frame, all_rows(frame));
  Preparation preparation(preprocessor, frame);
  std::vector<at::Tensor> codes, numbers;
  const auto rows = all_rows(frame);
  for (const auto& [first, count] : {std::pair<size_t, size_t>{0, 3}, {3, 1}, {4, 6}}) {
    const auto part = preparation.take(std::span(rows).subspan(first, count));
    EXPECT_FALSE(part.target.defined());
    codes.push_back(part.codes);
    numbers.push_back(part.continuous);
  }
  EXPECT_TRUE(at::equal(at::cat(codes), whole.columns.codes));
  EXPECT_TRUE(at::equal(at::cat(numbers), whole.columns.continuous));
  EXPECT_EQ(preparation.remarks(), whole.remarks);
  EXPECT_FALSE(whole.remarks.empty()) << "rows outside training have something to tell";
}

TEST(HostileTable, TakesColumnsThatAreAllMissingLater) {
  const Frame frame = table();
  const auto preprocessor = fit(frame, kTrain, options_for());
  const auto empty = reals(std::vector<double>(10, kNone));
  const auto found =
      apply(preprocessor, frame.with("colour", empty).with("weight", empty).with("grade", empty), kValid);
  EXPECT_EQ(codes_of(found.columns.codes, 0), (std::vector<int64_t>{0, 0, 0}));
  EXPECT_TRUE(found.columns.continuous.isfinite().all().item<bool>());
  EXPECT_THAT(found.remarks, Contains(HasSubstr("'weight' is missing, infinite or no number in 3 row(s)")));
}

}  // namespace
}  // namespace tenfold::tabular
