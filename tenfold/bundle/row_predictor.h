#pragma once
// A table's rows one at a time, as a service gets them: from texts to probabilities within a millisecond, without
// files.
//
//   RowPredictor predictor(load_bundle("model.safetensors"));
//   const auto late = predictor.predict({{"carrier", "UA"}, {"hour", "17"}, {"distance", "1400"}, …});

#include <string>
#include <utility>
#include <vector>

#include "tenfold/bundle/bundle.h"
#include "tenfold/data/column_reader.h"

namespace tenfold {

class RowPredictor {
 public:
  using Row = std::vector<std::pair<std::string, std::string>>;  ///< column and value, in any order

  /// Throws ConfigError where the bundle is not a table's, its features are made of other rows (table.elapsed), or
  /// trees stand beside its network.
  explicit RowPredictor(Bundle bundle);

  /// Probabilities of names(), or values in the table's unit. A value is read as its column was in training, so "7" is
  /// a name where names were; texts that mean missing are those of ReadOptions. Columns that the network does not need
  /// are passed over. Throws DataError naming all that are missing, and for a date that is none.
  std::vector<float> predict(const Row& row);

  /// Classes, labels or outputs.
  const std::vector<std::string>& names() const;

 private:
  enum class Kind { number, text, time };
  struct Needed {
    std::string name;
    Kind kind;
  };
  Column value(const Needed& column, const std::string& text) const;

  Bundle bundle_;
  ValueRules rules_;
  std::vector<Needed> needed_{};  ///< of the table
};

}  // namespace tenfold
