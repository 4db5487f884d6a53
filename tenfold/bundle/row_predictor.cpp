#include "tenfold/bundle/row_predictor.h"

#include <torch/types.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/nn/loss.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/load.h"
#include "tenfold/train/machine.h"

namespace tenfold {
namespace {

// The row is asked for so many times at once: for few rows BLAS takes other fp32 kernels, with other last bits than a
// table's.
constexpr int64_t kCopies = 64;

const TablePipeline& table_of(const Pipeline& pipeline) {
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  if (!table)
    throw ConfigError("bundle", "is of " + std::string(pipeline.kind()) + "; rows are predicted by that of a table");
  if (!table->data.elapsed.empty())
    throw ConfigError("bundle",
                      "counts days since events of other rows (table.elapsed), which one row does not tell; predict "
                      "the rows of a file together");
  if (!table->companion.trees.empty())
    throw ConfigError("bundle",
                      "has boosted trees beside its network, which are not asked about single rows; train with "
                      "companion = \"none\", or predict the rows of a file together");
  return *table;
}

ReadOptions as_in_training(const TablePipeline& table) {
  auto options = tabular::read_options(table.data);
  options.numbers.leading_zeros = true;  // the column is known to hold numbers
  return options;
}

at::Tensor copies(const at::Tensor& row) { return row.expand({kCopies, row.size(1)}).contiguous(); }

/// Where a date may begin with the day or the month, as in files: the day where the options say so, else the month.
std::optional<int64_t> moment_of(std::string_view text, bool day_first) {
  if (const auto moment = parse_time(text, DateFormat::iso)) return moment;
  if (const auto moment = parse_time(text, day_first ? DateFormat::day_first : DateFormat::month_first)) return moment;
  return day_first ? std::nullopt : parse_time(text, DateFormat::day_first);
}

}  // namespace

RowPredictor::RowPredictor(Bundle bundle)
    : bundle_(std::move(bundle)), rules_(as_in_training(table_of(bundle_.pipeline))) {
  const auto& preprocessor = table_of(bundle_.pipeline).preprocessor;
  const auto need = [&](const std::string& name, Kind kind) {
    const bool known = std::any_of(needed_.begin(), needed_.end(), [&](const Needed& one) { return one.name == name; });
    if (!known) needed_.push_back({name, kind});
  };
  for (const auto& date : preprocessor.dates) need(date, Kind::time);
  for (const auto& category : preprocessor.categories) {
    const bool moments = !category.texts.empty() && parse_time(category.texts.front(), DateFormat::iso).has_value();
    const bool text = category.levels == tabular::LevelType::text || category.levels == tabular::LevelType::yes_no;
    need(category.source, moments ? Kind::time : text ? Kind::text : Kind::number);
  }
  for (const auto& number : preprocessor.numbers) need(number.source, Kind::number);
}

const std::vector<std::string>& RowPredictor::names() const {
  return table_of(bundle_.pipeline).preprocessor.target.classes;
}

Column RowPredictor::value(const Needed& column, const std::string& text) const {
  const bool null = rules_.null(text);
  std::string padded = text;
  padded.append(16, '\0');  // which readers of numbers may look at
  const auto value = trimmed(std::string_view(padded).substr(0, text.size()));
  if (column.kind == Kind::number) {
    int64_t integer = 0;
    if (!null && parse_integer(value, rules_.numbers, integer)) return Column::integer({integer});
    double real = std::numeric_limits<double>::quiet_NaN();
    int8_t boolean = 0;
    if (!null && !parse_real(value, rules_.numbers, real) && parse_boolean(value, boolean)) real = boolean;
    return Column::real(std::vector<double>{real});
  }
  if (column.kind == Kind::time && !null)
    if (const auto moment = moment_of(value, table_of(bundle_.pipeline).data.day_first)) return Column::time({*moment});
  if (null) return Column::text({std::string_view{}}, {});
  return Column::text(std::vector<std::string>{text});
}

std::vector<float> RowPredictor::predict(const Row& row) {
  const auto& table = table_of(bundle_.pipeline);
  std::vector<std::pair<std::string, Column>> columns;
  for (const auto& column : needed_)
    for (const auto& [name, text] : row)
      if (name == column.name) {
        columns.emplace_back(name, value(column, text));
        break;
      }
  if (columns.empty()) columns.emplace_back("", Column::integer({0}));  // a row that has nothing is told what it lacks
  const Frame frame(std::move(columns), "the row");
  const int64_t first = 0;
  const auto prepared = tabular::Preparation(table.preprocessor, frame).take({&first, 1});

  pin_threads(bundle_.pipeline.threads);
  const at::NoGradGuard no_grad;
  const auto dtype = bundle_.pipeline.precision == "bf16" ? at::kBFloat16 : at::kFloat;
  const auto batch = tabular::TableTransform().apply(
      {.x = {copies(prepared.codes.to(at::kLong)), copies(prepared.continuous)}, .y = {}, .index = {}}, std::nullopt,
      dtype);
  const auto logits = bundle_.model->forward(batch.x).to(at::kFloat).narrow(0, 0, 1);
  auto activated = nn::activate(bundle_.pipeline.task, logits);
  if (bundle_.pipeline.task.kind == nn::TaskKind::regression)
    activated = tabular::to_unit(table.preprocessor, activated);
  activated = activated.contiguous();
  return {activated.const_data_ptr<float>(), activated.const_data_ptr<float>() + activated.numel()};
}

}  // namespace tenfold
