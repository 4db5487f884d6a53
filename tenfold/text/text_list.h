#pragma once
// Texts with their labels as they lie in files: a CSV, or folders of classes. What numbers a network sees of them is
// text_data.h's part.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/text/options.h"

namespace tenfold::text {

/// One split. Labels: `label` for single label, `values` for the others ([labels] of 0 and 1, or [outputs]); both empty
/// where the texts have none.
struct TextList {
  std::vector<std::string> texts;
  std::vector<std::string> names;  ///< row numbers from 1, or files below the folder
  std::vector<int64_t> label;
  std::vector<std::vector<float>> values;

  size_t size() const { return texts.size(); }
  bool labelled() const { return !label.empty() || !values.empty(); }
};

struct TextSplits {
  TextList train, valid, test;
  nn::TaskKind kind = nn::TaskKind::single_label;
  std::vector<std::string> classes;  ///< in alphabetical order, numbers by size; empty for regression
  std::vector<std::string> outputs;  ///< names of regression outputs
  std::vector<std::string> told;     ///< what a user should know: duplicates left out, columns chosen, …
};

/// What options.path, valid and test hold. Several text columns become one text: fastai's `xxfld 1 … xxfld 2 …` for
/// words, a line each for other tokenisers. Texts that are equal are left out but for the first (drop_duplicates), and
/// training texts that validation or test hold too. `seed` chooses validation texts where there is no file for them.
/// Throws DataError with file and line for a row without label, a number that is none, or a label of validation or test
/// that training lacks (naming the nearest); ConfigError for options that do not fit.
TextSplits read_texts(const DataOptions& options, uint64_t seed);

}  // namespace tenfold::text
