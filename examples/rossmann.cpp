// Rossmann's stores: from the table to a forecast of six weeks' sales, as fast.ai's third lesson goes about it. Entity
// embeddings of calendar and shop, the place between promotions and between holidays, the shop's past; log target
// within a range; three seeds. Where LightGBM is installed, boosted trees on plain calendar columns and on the same
// ones, and the blend. Trees stop, and the blend's best weight is chosen, by the rows that are shown: halves are the
// honest blend.
//   rossmann TABLE.csv        Date, Store, Sales, Open, Promo, SchoolHoliday, StoreType, Assortment, Promo2, State

#include <ATen/ATen.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "tenfold/data/date_parts.h"
#include "tenfold/data/group_features.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/blend.h"
#include "tenfold/tabular/boosted_trees.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/rows.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/predictions.h"

using namespace tenfold;
using namespace tenfold::tabular;

namespace {

const std::vector<std::string> kCalendar{"Store",     "Dayofweek",  "Year",  "Month", "Day",           "Week",
                                         "StoreType", "Assortment", "State", "Promo", "SchoolHoliday", "Promo2"};
const std::vector<std::string> kWindows{"Promo_bw",         "Promo_fw",   "SchoolHoliday_bw",
                                        "SchoolHoliday_fw", "Holiday_bw", "Holiday_fw"};
const std::vector<std::string> kElapsed{"AfterHoliday",        "BeforeHoliday", "AfterSchoolHoliday",
                                        "BeforeSchoolHoliday", "AfterPromo",    "BeforePromo"};
const std::vector<std::string> kPast{"last_quarter", "last_year", "week_a_year_ago"};

/// A weekday on which the shop is closed is a holiday, as far as the table tells.
Column holidays(const Frame& frame) {
  constexpr int64_t kDay = 86400, kThursday = 3, kSunday = 6;  // 1970-01-01 was a Thursday
  const auto open = frame["Open"].booleans();
  const auto date = frame["Date"].times();
  std::vector<int8_t> holiday(frame.rows());
  for (size_t row = 0; row < holiday.size(); ++row)
    holiday[row] = open[row] == 0 && (date[row] / kDay + kThursday) % 7 != kSunday;
  return Column::boolean(std::move(holiday));
}

/// Missing where nothing was sold.
Column log_sales(const Frame& frame) {
  auto sales = frame["Sales"].numbers();
  for (double& value : sales) value = value > 0 ? std::log(value) : std::numeric_limits<double>::quiet_NaN();
  return Column::real(std::move(sales));
}

/// What is known of a day when the six weeks are forecast: its place in the calendar and between promotions and
/// holidays, and the shop's sales up to six weeks before.
Frame with_features(Frame frame) {
  frame = add_elapsed(frame.with("Holiday", holidays(frame)), {"Promo", "SchoolHoliday", "Holiday"}, "Date", "Store");
  const Groups shops(frame, {"Store"}, "Date");
  const auto past = [&](const Days& days) {
    return rolling(shops, log_sales(frame), Statistic::mean, frame["Date"], days);
  };
  constexpr int64_t kSixWeeks = 43;  // the forecast's length and a day: nothing of it looks at what it forecasts
  frame = frame.with("last_quarter", past({.count = 91, .gap = kSixWeeks}));
  frame = frame.with("last_year", past({.count = 364, .gap = kSixWeeks}));
  frame = frame.with("week_a_year_ago", past({.count = 7, .gap = 361}));
  return add_date_parts(frame, "Date", DateDetail::day, DateSource::keep);
}

struct Table {
  TableData data;
  std::shared_ptr<TableDataset> train, valid;
};

Table prepared(const Frame& frame, const std::vector<std::string>& categories,
               const std::vector<std::string>& numbers) {
  const DataOptions options{.target = {"Sales"},
                            .kind = Target::regression,
                            .categorical = categories,
                            .continuous = numbers,
                            .ignore = {"Date"},
                            .date_parts = false,
                            .target_transform = TargetTransform::log,
                            .split = SplitKind::time,
                            .split_column = "Date",
                            .cutoff = "2015-06-19",
                            .train_rows = "Sales > 0"};
  auto columns = categories;
  columns.insert(columns.end(), numbers.begin(), numbers.end());
  columns.insert(columns.end(), {"Sales", "Date"});
  const auto used = frame.select(columns);
  const auto rows = split_rows(used, options, 1).parts;
  const auto preprocessor = tabular::fit(used, rows.train, options);
  Table table{.train = std::make_shared<TableDataset>(apply(preprocessor, used, rows.train).columns),
              .valid = std::make_shared<TableDataset>(apply(preprocessor, used, rows.valid).columns)};
  table.data = table_data(table.train, table.valid, nullptr, shape_of(preprocessor), task_of(preprocessor), {"Sales"});
  return table;
}

double exp_rmspe(const Table& table, const at::Tensor& predicted) {
  return metric("exp_rmspe", nn::TaskKind::regression)
      .compute(table.data.task, predicted, table.valid->columns().target);
}

/// Logarithms of the six weeks' sales, [N, 1], by networks of three seeds.
std::vector<at::Tensor> networks(const Table& table) {
  const auto& target = table.train->columns().target;
  constexpr double kMargin = 0.2;  // of the span of the logarithms, beyond either end
  const double low = target.min().item<double>(), high = target.max().item<double>(), margin = kMargin * (high - low);
  const ModelOptions model{.layers = {256, 128},
                           .dropout = {0.001, 0.01},
                           .embedding_dropout = 0.04,
                           .range = {low - margin, high + margin},
                           .norm = NormPlace::none};
  std::vector<at::Tensor> all;
  for (const uint64_t seed : {1, 2, 3}) {
    auto learn = learner(table.data, model, {.batch = 512, .seed = seed, .metrics = {"exp_rmspe"}});
    learn.fit({.lr = 5e-3, .shape = OneCycle{.epochs = 8}});
    all.push_back(predict(learn, Split::valid).activated);
    std::printf("network, seed %d: RMSPE %.4f\n", static_cast<int>(seed), exp_rmspe(table, all.back()));
  }
  return all;
}

at::Tensor trees(const Table& table) {
  const BoostedTrees boosted(TreesLibrary(), {.rounds = 1500}, table.data.task, *table.train, table.valid.get());
  return boosted.predict(*table.valid);
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return std::fprintf(stderr, "usage: rossmann TABLE.csv\n"), 2;
  try {
    const auto from = std::chrono::steady_clock::now();
    const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count(); };
    const Frame frame = with_features(read_frame(words[1]));
    auto categories = kCalendar, numbers = kElapsed;
    categories.insert(categories.end(), kWindows.begin(), kWindows.end());
    numbers.insert(numbers.end(), kPast.begin(), kPast.end());
    const auto table = prepared(frame, categories, numbers);
    std::printf("%d rows train, %d validate; %.1f s\n", static_cast<int>(table.train->size()),
                static_cast<int>(table.valid->size()), seconds());

    const auto each = networks(table);
    double mean = 0;
    for (const auto& one : each) mean += exp_rmspe(table, one) / static_cast<double>(each.size());
    const auto together = at::stack(each).mean(0);
    std::printf("networks: mean RMSPE %.4f, of their mean %.4f; %.1f s\n", mean, exp_rmspe(table, together), seconds());

    if (!has_trees_library()) {
      std::printf("LightGBM is not installed (TENFOLD_LIGHTGBM names its library): no blend\n");
      return 0;
    }
    const auto plain = prepared(frame, kCalendar, {});
    std::printf("trees, plain calendar columns: RMSPE %.4f\n", exp_rmspe(plain, trees(plain)));
    const auto boosted = trees(table);
    std::printf("trees, the networks' columns: RMSPE %.4f\n", exp_rmspe(table, boosted));
    const auto best = best_weight(table.data.task, together, boosted, table.valid->columns().target, "exp_rmspe");
    std::printf("blend, %.2f networks and %.2f trees: RMSPE %.4f; halves %.4f; %.1f s\n", best.first, 1 - best.first,
                best.value, exp_rmspe(table, blended(together, boosted, 0.5)), seconds());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rossmann: %s\n", error.what());
    return 1;
  }
}
