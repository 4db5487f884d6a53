#pragma once
// Where a model is wrong: confusion matrix, most confused classes, top losses. Torch-free results for reports.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/train/predictions.h"

namespace tenfold {

struct Confused {
  std::string actual, predicted;
  int64_t count = 0;
};

struct TopLoss {
  int64_t index = 0;  ///< in the dataset
  std::string name, actual, predicted;
  double loss = 0;
  double probability = 0;  ///< of the predicted class
};

struct Interpretation {
  std::vector<std::string> classes;
  std::vector<std::vector<int64_t>> confusion;  ///< [actual][predicted]; empty for regression and multi-label
  std::vector<Confused> most_confused;          ///< off the diagonal, descending
  std::vector<TopLoss> top_losses;              ///< descending
};

Interpretation interpret(const nn::Task& task, const std::vector<std::string>& classes, const Predictions& predictions,
                         int64_t top = 12);

}  // namespace tenfold
