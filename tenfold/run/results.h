#pragma once
// What a finished run or a bundle tells: predictions as CSV and JSON, pictures for the report, the report page itself.

#include <optional>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/report/report.h"
#include "tenfold/train/predictions.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/image.h"

namespace tenfold {

/// Header `name,predicted` and one column a class (probabilities) or output (values); one row an item. RFC 4180.
std::string predictions_csv(const nn::Task& task, const std::vector<std::string>& classes,
                            const std::vector<std::string>& outputs, const Predictions& predictions);
/// Its parts, for predictions that come in parts: the header, and the rows of some items, by all compute threads.
std::string predictions_header(const nn::Task& task, const std::vector<std::string>& classes,
                               const std::vector<std::string>& outputs);
std::string predictions_rows(const nn::Task& task, const std::vector<std::string>& classes,
                             const Predictions& predictions);

/// {"loss": …, metric: value or null}.
Json to_json(const Evaluation& evaluation);

/// What is predicted for item k, in words: a class, labels joined by a space, or values.
std::string predicted_text(const nn::Task& task, const std::vector<std::string>& classes,
                           const Predictions& predictions, int64_t k);

/// One item's plain or training view as the network gets it, [1, 3, H, W] fp32. Throws DataError where it is
/// unreadable.
at::Tensor network_input(Learner& learner, const Dataset& dataset, int64_t index, const std::optional<Draw>& draw);

/// A network input [N, 3, H, W] back to pixels: x · deviation + mean.
std::vector<vision::Image> images_of(const at::Tensor& x, const vision::Normalisation& normalisation);

/// As JPEG.
report::Picture picture_of(const vision::Image& image, const std::string& caption);

/// A network input [N, 3, H, W] back to pictures: pixels = x · deviation + mean. One caption an item, or none.
std::vector<report::Picture> pictures(const at::Tensor& x, const vision::Normalisation& normalisation,
                                      const std::vector<std::string>& captions);

/// The first `count` items of the training set as the network sees them in epoch 0: augmented, normalised and back.
std::vector<report::Picture> sample_batch(Learner& learner, const vision::Normalisation& normalisation, int64_t count);

}  // namespace tenfold
