// Technique 8: categories become vectors. Shops and weekdays are told apart by number alone; what they have to do with
// sales, the network finds, and their vectors then say it.

#include <cmath>

#include "example.h"
#include "tenfold/tabular.h"
#include "tenfold/tabular/understand/vectors.h"
using namespace tenfold;

constexpr int kShops = 40, kDays = 300;

int main() {
  Expect expect;
  // Sales = a shop's size × a weekday's share × what a promotion does × chance. Sizes are not in the table.
  const double share[] = {1.3, 1.0, 0.9, 0.9, 1.1, 1.4, 0.3};
  std::vector<std::string> shops;
  std::vector<int64_t> weekdays;
  std::vector<int8_t> promotions;
  std::vector<double> sales, sizes;
  for (int shop = 0; shop < kShops; ++shop) {
    Draw draw(8, 0, static_cast<uint64_t>(shop), Purpose::other);
    sizes.push_back(std::exp(1.2 * draw.normal()));
    for (int day = 0; day < kDays; ++day) {
      shops.push_back("shop " + std::to_string(shop));
      weekdays.push_back(day % 7);
      promotions.push_back(draw.chance(0.4));
      sales.push_back(1000 * sizes.back() * share[day % 7] * (promotions.back() ? 1.35 : 1) *
                      std::exp(0.1 * draw.normal()));
    }
  }
  const Frame frame({{"shop", Column::category(shops)},
                     {"weekday", Column::integer(weekdays)},
                     {"promotion", Column::boolean(promotions)},
                     {"sales", Column::real(sales)}});
  const tabular::DataOptions options{.target = {"sales"}, .target_transform = tabular::TargetTransform::log};
  const auto parts = split_at_random(static_cast<int64_t>(frame.rows()), 0.2, 42);
  const auto preprocessor = tabular::fit(frame, parts.train, options);  // looks at training rows alone
  for (const auto& column : preprocessor.plan)
    std::printf("%s: %s, %s\n", column.name.c_str(), column.use.c_str(), column.reason.c_str());
  const auto rows = [&](const std::vector<int64_t>& part) {
    return std::make_shared<const tabular::TableDataset>(tabular::apply(preprocessor, frame, part).columns);
  };
  const auto table = tabular::table_data(rows(parts.train), rows(parts.valid), nullptr, tabular::shape_of(preprocessor),
                                         tabular::task_of(preprocessor), preprocessor.target.classes);
  auto learn = tabular::learner(table, {.layers = {64, 32}, .embedding_sizes = {1, 0, 0}}, {.batch = 128});
  learn.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 8}});
  expect.at_least("R² of the logarithm of sales", 0.97, learn.record().epochs.back().metrics.at("r2"));

  // "shop 0", "shop 1", "shop 10", …: levels are in order of their bytes, the first is for shops never seen.
  const auto shop = tabular::category_vectors(preprocessor, learn.model()).at(0);
  std::vector<double> size;
  for (int64_t code = 1; code <= kShops; ++code)
    size.push_back(std::log(sizes.at(std::stoul(tabular::level_name(shop.category, code).substr(5)))));
  const auto learnt = shop.vectors.narrow(0, 1, kShops).select(1, 0).to(at::kDouble);  // vectors of one number
  const auto both = at::corrcoef(at::stack({learnt, at::tensor(size)}));
  expect.at_least("correlation of the shops' vectors with sizes that were never told", 0.9,
                  std::abs(both[0][1].item<double>()));
  return expect.result();
}
