#pragma once
// Train, valid and test datasets with what they share. A value: changing it makes a new one.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/data/dataset.h"

namespace tenfold {

enum class Split { train, valid, test };

constexpr auto names(Split) {
  return std::to_array<std::pair<Split, std::string_view>>(
      {{Split::train, "train"}, {Split::valid, "valid"}, {Split::test, "test"}});
}

struct Data {
  std::shared_ptr<const Dataset> train, valid, test;  ///< test may be null; train and valid may be null for prediction
  std::shared_ptr<const BatchTransform> transform;    ///< to what the network takes
  std::vector<std::string> classes;                   ///< sorted; empty for regression
  std::vector<std::string> outputs;                   ///< names of regression outputs; empty otherwise
  std::function<Data(int64_t size)> resized;  ///< the same data at another image size; empty where size means nothing

  const std::shared_ptr<const Dataset>& split(Split which) const {
    return which == Split::train ? train : which == Split::valid ? valid : test;
  }
};

}  // namespace tenfold
