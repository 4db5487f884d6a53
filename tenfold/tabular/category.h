#pragma once
// Columns of names as codes: fitted on training rows, as fastai's Categorify, with rare levels folded together.
// Torch-free.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/data/frame.h"

namespace tenfold::tabular {

/// What the levels of a category are. `missing`: whether a number is missing.
enum class LevelType { text, integer, number, yes_no, missing };
constexpr auto names(LevelType) {
  return std::to_array<std::pair<LevelType, std::string_view>>({{LevelType::text, "text"},
                                                                {LevelType::integer, "integer"},
                                                                {LevelType::number, "number"},
                                                                {LevelType::yes_no, "yes_no"},
                                                                {LevelType::missing, "missing"}});
}

/// A column of codes. 0 is "#na#": missing, or a level that no training row has. Level k, in ascending order, is k + 1.
/// Where rare levels are folded, "#rare#" is the last code; levels folded into it are kept, unseen ones are not.
struct Category {
  std::string name;    ///< "StoreType", "CompetitionDistance_na"
  std::string column;  ///< what it is read from: of the table, or a date part
  std::string source;  ///< the table's column: "Date" for "Dayofweek"
  LevelType levels = LevelType::text;
  std::vector<std::string> texts{};       ///< ascending by bytes
  std::vector<int64_t> integers{};        ///< ascending; yes_no, missing: 0 and 1
  std::vector<double> numbers{};          ///< ascending
  std::vector<std::string> rare_texts{};  ///< that share the last code, ascending; so are the next two
  std::vector<int64_t> rare_integers{};
  std::vector<double> rare_numbers{};
};
template <class Visitor>
void fields(Visitor&& visit, Category& o) {
  visit("name", o.name, "of the column of codes");
  visit("column", o.column, "what it is read from");
  visit("source", o.source, "the table's column");
  visit("levels", o.levels, "what its levels are");
  visit("texts", o.texts, "levels, ascending");
  visit("integers", o.integers, "levels, ascending");
  visit("numbers", o.numbers, "levels, ascending");
  visit("rare_texts", o.rare_texts, "levels that share the last code");
  visit("rare_integers", o.rare_integers, "levels that share the last code");
  visit("rare_numbers", o.rare_numbers, "levels that share the last code");
}
/// Codes, 0 counted.
int64_t cardinality(const Category& category);
/// "#na#", "#rare#", or the level as text.
std::string level_name(const Category& category, int64_t code);

/// The levels of the values, all rows of `values`; null is none. Levels that occur less often than `min_count`, and the
/// least frequent beyond `max_levels`, are folded. Reals that are NaN are null; times become text.
Category fit_category(const std::string& name, const Column& values, int64_t min_count, int64_t max_levels);

/// Codes of a column, for levels of any type but `missing`: of the type that it had in training or of another that can
/// be read so.
class CategoryReader {
 public:
  /// `column` is read in whole or in parts (Column::take, slice). The category must outlive this.
  CategoryReader(const Category& category, const Column& column);
  /// What the column is read as, where it is not as in training: "was integer in training and is text now"; else "".
  const std::string& remark() const { return remark_; }
  /// Codes of all rows of `part`, out[0], out[stride], ….
  void read(const Column& part, int32_t* out, int64_t stride) const;

 private:
  int32_t of_integer(int64_t value) const;
  int32_t of_number(double value) const;
  int32_t of_text(std::string_view value) const;
  int32_t of_words(std::string_view value) const;  ///< text read as what the levels are

  const Category& category_;
  std::string remark_;
  std::vector<int32_t> by_code_{};     ///< of the column's own levels
  std::vector<int32_t> by_integer_{};  ///< dense table from first_ on; empty: searched
  int64_t first_ = 0;
};

}  // namespace tenfold::tabular
