#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "tenfold/core/error.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/sources.h"
#include "tenfold/tabular/target.h"
#include "tenfold/tabular/target_encode.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kBlock = 8192;  // rows at a time: a column's part stays in the cache

/// What applying has to tell of one column.
struct Tally {
  int64_t zeros = 0, nulls = 0;  ///< of a category: rows with code 0; rows whose value is missing
  int64_t missing = 0;           ///< of a number
};

/// Reads all columns of a block of rows.
class Reader {
 public:
  Reader(const Preprocessor& preprocessor, const Sources& sources) : preprocessor_(preprocessor) {
    for (const auto& category : preprocessor.categories) {
      const auto of = sources[category.column];
      const bool missing = category.levels == LevelType::missing;
      categories_.push_back({of, missing ? nullptr : std::make_unique<CategoryReader>(category, of.column),
                             missing ? std::make_unique<NumberReader>(of.column) : nullptr});
    }
    for (const auto& number : preprocessor.numbers) {
      const auto of = sources[number.column];
      int64_t encoded = -1;
      for (size_t k = 0; k < preprocessor.categories.size() && !number.encodes.empty(); ++k)
        if (preprocessor.categories[k].name == number.encodes) encoded = static_cast<int64_t>(k);
      numbers_.push_back({of, std::make_unique<NumberReader>(of.column), encoded});
    }
  }

  /// codes: [rows, C]; continuous: [rows, K]; tallies: C + K.
  void read(std::span<const int64_t> rows, int32_t* codes, float* continuous, std::vector<Tally>& tallies) const {
    const auto c = static_cast<int64_t>(categories_.size()), k = static_cast<int64_t>(numbers_.size());
    std::vector<double> values(rows.size());
    for (int64_t column = 0; column < c; ++column) {
      const auto& one = categories_[static_cast<size_t>(column)];
      const Column part = one.column.take(rows);
      int32_t* out = codes + column;
      if (one.numbers) {
        one.numbers->read(part, values);
        for (size_t row = 0; row < rows.size(); ++row)
          out[static_cast<int64_t>(row) * c] = std::isfinite(values[row]) ? 1 : 2;
        continue;
      }
      one.reader->read(part, out, c);
      auto& tally = tallies[static_cast<size_t>(column)];
      for (size_t row = 0; row < rows.size(); ++row) tally.zeros += out[static_cast<int64_t>(row) * c] == 0;
      if (tally.zeros > 0) tally.nulls += static_cast<int64_t>(part.nulls());
    }
    for (int64_t column = 0; column < k; ++column) {
      const auto& one = numbers_[static_cast<size_t>(column)];
      const Number& number = preprocessor_.numbers[static_cast<size_t>(column)];
      float* out = continuous + column;
      if (one.encoded >= 0) {
        for (size_t row = 0; row < rows.size(); ++row) {
          const int32_t code = codes[static_cast<int64_t>(row) * c + one.encoded];
          out[static_cast<int64_t>(row) * k] =
              static_cast<float>(scaled(number, number.means[static_cast<size_t>(code)]));
        }
        continue;
      }
      one.reader->read(one.column.take(rows), values);
      auto& tally = tallies[static_cast<size_t>(c + column)];
      for (size_t row = 0; row < rows.size(); ++row) {
        tally.missing += !std::isfinite(values[row]);
        out[static_cast<int64_t>(row) * k] = static_cast<float>(scaled(number, values[row]));
      }
    }
  }

  /// Types that are not those of training.
  void remark(std::vector<std::string>& remarks) const {
    for (size_t k = 0; k < categories_.size(); ++k)
      if (categories_[k].reader && !categories_[k].reader->remark().empty())
        remarks.push_back("column '" + preprocessor_.categories[k].column + "' " + categories_[k].reader->remark());
    for (size_t k = 0; k < numbers_.size(); ++k)
      if (numbers_[k].encoded < 0 && !numbers_[k].reader->remark().empty())
        remarks.push_back("column '" + preprocessor_.numbers[k].column + "' was numbers in training and " +
                          numbers_[k].reader->remark());
  }

 private:
  struct OfCategory {
    Sources::Of column;
    std::unique_ptr<CategoryReader> reader;
    std::unique_ptr<NumberReader> numbers;  ///< whether a number is missing
  };
  struct OfNumber {
    Sources::Of column;
    std::unique_ptr<NumberReader> reader;
    int64_t encoded;  ///< the category whose means it takes, or -1
  };
  const Preprocessor& preprocessor_;
  std::vector<OfCategory> categories_;
  std::vector<OfNumber> numbers_;
};

/// The frame, which has all columns that are needed.
const Frame& checked(const Preprocessor& preprocessor, const Frame& frame, std::vector<std::string>& remarks) {
  std::vector<std::string> needed, missing;
  for (const auto& one : preprocessor.categories) needed.push_back(one.source);
  for (const auto& one : preprocessor.numbers) needed.push_back(one.source);
  for (const auto& name : needed)
    if (!frame.has(name) && std::find(missing.begin(), missing.end(), name) == missing.end()) missing.push_back(name);
  if (!missing.empty()) {
    std::string text;
    for (const auto& name : missing) {
      const std::string near = nearest(name, frame.names());
      text += (text.empty() ? "'" : ", '") + name + "'" + (near.empty() ? "" : " (nearest is '" + near + "')");
    }
    throw DataError(frame.source(), 0,
                    "lacks " + text + ", which the model was trained with; add " +
                        (missing.size() == 1 ? "the column, empty where unknown" : "the columns, empty where unknown"));
  }
  std::string unknown;
  for (const auto& name : frame.names())
    if (std::none_of(preprocessor.plan.begin(), preprocessor.plan.end(), [&](auto& one) { return one.name == name; }))
      unknown += (unknown.empty() ? "'" : ", '") + name + "'";
  if (!unknown.empty()) remarks.push_back("columns that the training table did not have are ignored: " + unknown);
  return frame;
}

/// "'B' in row 7": the first row whose value is there and has code 0.
std::string unseen_in(const Sources::Of& of, std::span<const int64_t> rows, const int32_t* codes, int64_t stride) {
  for (size_t k = 0; k < rows.size(); ++k) {
    if (codes[static_cast<int64_t>(k) * stride] != 0) continue;
    const Column one = of.take(rows.subspan(k, 1));
    if (!one.is_null(0)) return "'" + one.show(0) + "' in row " + std::to_string(rows[k] + 1);
  }
  return "";
}

/// Training rows take the means of other folds.
void encode_out_of_fold(const Preprocessor& preprocessor, Columns& columns) {
  const bool encodes = std::any_of(preprocessor.numbers.begin(), preprocessor.numbers.end(),
                                   [](const auto& number) { return !number.encodes.empty(); });
  if (!encodes || !columns.target.defined()) return;
  const auto n = static_cast<size_t>(columns.target.size(0));
  const bool classes = preprocessor.target.kind == Target::single_label;
  const bool binary = classes && preprocessor.target.classes.size() == 2;
  for (size_t k = 0; k < preprocessor.numbers.size(); ++k) {
    const Number& number = preprocessor.numbers[k];
    if (number.encodes.empty()) continue;
    std::vector<double> target(n);
    for (size_t row = 0; row < n; ++row)
      target[row] = classes
                        ? columns.target.const_data_ptr<int64_t>()[row] == (binary ? 1 : number.output)
                        : static_cast<double>(
                              columns.target.const_data_ptr<float>()[row * static_cast<size_t>(columns.target.size(1)) +
                                                                     static_cast<size_t>(number.output)]);
    size_t category = 0;
    while (preprocessor.categories[category].name != number.encodes) ++category;
    std::vector<int32_t> codes(n);
    const auto c = preprocessor.categories.size(), width = preprocessor.numbers.size();
    for (size_t row = 0; row < n; ++row) codes[row] = columns.codes.const_data_ptr<int32_t>()[row * c + category];
    const auto means = out_of_fold_means(
        codes, target, cardinality(preprocessor.categories[category]),
        {.folds = preprocessor.target_encode_folds, .smoothing = preprocessor.target_encode_smoothing});
    auto* out = columns.continuous.mutable_data_ptr<float>();
    for (size_t row = 0; row < n; ++row) out[row * width + k] = static_cast<float>(scaled(number, means[row]));
  }
}

}  // namespace

struct Preparation::State {
  State(const Preprocessor& of, const Frame& frame)
      : preprocessor(of),
        sources(checked(of, frame, told), of.dates, detail_of(of.date_time), cycles_of(of.cyclic), told),
        reader(of, sources),
        tallies(of.categories.size() + of.numbers.size()),
        unseen(of.categories.size()) {
    reader.remark(told);
  }
  const Preprocessor& preprocessor;
  std::vector<std::string> told{};  ///< of the columns
  Sources sources;
  Reader reader;
  std::vector<Tally> tallies;
  std::vector<std::string> unseen;  ///< an example of a category's
};

Preparation::Preparation(const Preprocessor& preprocessor, const Frame& frame)
    : state_(std::make_unique<State>(preprocessor, frame)) {}
Preparation::~Preparation() = default;

Columns Preparation::take(std::span<const int64_t> rows) {
  const auto n = static_cast<int64_t>(rows.size()), c = static_cast<int64_t>(state_->preprocessor.categories.size()),
             k = static_cast<int64_t>(state_->preprocessor.numbers.size());
  Columns out{.codes = at::empty({n, c}, at::kInt), .continuous = at::empty({n, k}, at::kFloat)};
  auto* codes = out.codes.mutable_data_ptr<int32_t>();
  auto* continuous = out.continuous.mutable_data_ptr<float>();
  const int64_t blocks = (n + kBlock - 1) / kBlock;
  std::vector<std::vector<Tally>> tallies(static_cast<size_t>(blocks), std::vector<Tally>(static_cast<size_t>(c + k)));
  at::parallel_for(0, blocks, 1, [&](int64_t from, int64_t to) {
    for (int64_t block = from; block < to; ++block) {
      const int64_t first = block * kBlock, count = std::min(kBlock, n - first);
      state_->reader.read(rows.subspan(static_cast<size_t>(first), static_cast<size_t>(count)), codes + first * c,
                          continuous + first * k, tallies[static_cast<size_t>(block)]);
    }
  });
  for (const auto& block : tallies)
    for (size_t column = 0; column < block.size(); ++column) {
      Tally& sum = state_->tallies[column];
      sum.zeros += block[column].zeros;
      sum.nulls += block[column].nulls;
      sum.missing += block[column].missing;
    }
  for (size_t column = 0; column < state_->unseen.size(); ++column) {
    const Tally& sum = state_->tallies[column];
    auto& example = state_->unseen[column];
    if (sum.zeros > sum.nulls && example.empty())
      example = unseen_in(state_->sources[state_->preprocessor.categories[column].column], rows, codes + column, c);
  }
  return out;
}

std::vector<std::string> Preparation::remarks() const {
  auto out = state_->told;
  const auto& categories = state_->preprocessor.categories;
  for (size_t column = 0; column < categories.size(); ++column) {
    const int64_t count = state_->tallies[column].zeros - state_->tallies[column].nulls;
    if (count > 0)
      out.push_back("'" + categories[column].name + "': " + std::to_string(count) +
                    " row(s) have a level that no training row has (" + state_->unseen[column] + "), taken as #na#");
  }
  for (size_t column = 0; column < state_->preprocessor.numbers.size(); ++column) {
    const int64_t count = state_->tallies[categories.size() + column].missing;
    const auto& number = state_->preprocessor.numbers[column];
    const bool expected = std::any_of(categories.begin(), categories.end(), [&](const auto& one) {
      return one.levels == LevelType::missing && one.column == number.column;
    });
    if (count > 0 && !expected)
      out.push_back("'" + number.name + "' is missing, infinite or no number in " + std::to_string(count) +
                    " row(s); " + shortest(number.fill) + " stands for it");
  }
  return out;
}

Prepared apply(const Preprocessor& preprocessor, const Frame& frame, const std::vector<int64_t>& rows) {
  Preparation preparation(preprocessor, frame);
  Prepared out{.columns = preparation.take(rows), .remarks = preparation.remarks()};
  out.columns.target = target_values(preprocessor.target, frame, rows);
  return out;
}

Prepared apply_training(const Preprocessor& preprocessor, const Frame& frame, const std::vector<int64_t>& rows) {
  auto out = apply(preprocessor, frame, rows);
  encode_out_of_fold(preprocessor, out.columns);
  return out;
}

}  // namespace tenfold::tabular
