#include "tenfold/run/results.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "tenfold/data/write_csv.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/interpretation.h"

namespace tenfold {
namespace {

constexpr int64_t kRowsATask = 2048;

/// As "%.6g" prints it.
void append_number(std::string& out, float value) {
  char text[32];
  out.append(text,
             std::to_chars(text, text + sizeof text, static_cast<double>(value), std::chars_format::general, 6).ptr);
}

/// What is predicted for any number of items, decoded at once: in_words() row by row takes a tensor each.
class Predicted {
 public:
  Predicted(const nn::Task& task, const std::vector<std::string>& classes, const at::Tensor& activated)
      : kind_(task.kind) {
    const auto decoded = nn::decode(task, activated);
    one_of_ = kind_ == nn::TaskKind::single_label || kind_ == nn::TaskKind::ordinal;
    values_ = decoded.to(one_of_ ? at::kLong : at::kFloat).contiguous();
    width_ = values_.dim() > 1 ? values_.size(1) : 1;
    for (const auto& name : classes) names_.push_back(one_of_ ? csv_field(name) : name);
  }

  /// As a field of a CSV file.
  void append_to(std::string& out, int64_t row) const {
    if (one_of_) {
      out += names_.at(static_cast<size_t>(values_.const_data_ptr<int64_t>()[row]));
      return;
    }
    const float* value = values_.const_data_ptr<float>() + row * width_;
    std::string words;
    for (int64_t k = 0; k < width_; ++k) {
      const bool label = kind_ == nn::TaskKind::multi_label;
      if (label && value[k] == 0) continue;
      if (!words.empty()) words += ' ';
      if (label)
        words += names_.at(static_cast<size_t>(k));
      else
        append_number(words, value[k]);
    }
    append_csv_field(out, words);
  }

 private:
  nn::TaskKind kind_;
  bool one_of_ = false;
  at::Tensor values_;  ///< [N] int64, or [N, width] fp32
  int64_t width_ = 1;
  std::vector<std::string> names_{};
};

}  // namespace

std::string predicted_text(const nn::Task& task, const std::vector<std::string>& classes,
                           const Predictions& predictions, int64_t k) {
  return in_words(task, classes, nn::decode(task, predictions.activated.narrow(0, k, 1))[0]);
}

Json to_json(const Evaluation& evaluation) {
  Json json = {{"loss", evaluation.loss}};
  for (const auto& [name, value] : evaluation.metrics) json[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
  return json;
}

std::string predictions_header(const nn::Task& task, const std::vector<std::string>& classes,
                               const std::vector<std::string>& outputs) {
  std::string csv = "name,predicted";
  for (const auto& column : task.kind == nn::TaskKind::regression ? outputs : classes) csv += "," + csv_field(column);
  return csv + "\n";
}

std::string predictions_rows(const nn::Task& task, const std::vector<std::string>& classes,
                             const Predictions& predictions) {
  const auto rows = static_cast<int64_t>(predictions.names.size());
  if (rows == 0) return "";
  const Predicted predicted(task, classes, predictions.activated);
  const auto values = predictions.activated.contiguous();
  const int64_t columns = values.size(1);
  const float* first = values.const_data_ptr<float>();
  std::vector<std::string> parts(static_cast<size_t>((rows + kRowsATask - 1) / kRowsATask));
  at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t from, int64_t to) {
    for (int64_t part = from; part < to; ++part) {
      std::string& csv = parts[static_cast<size_t>(part)];
      for (int64_t k = part * kRowsATask; k < std::min(rows, (part + 1) * kRowsATask); ++k) {
        append_csv_field(csv, predictions.names[static_cast<size_t>(k)]);
        csv += ',';
        predicted.append_to(csv, k);
        for (int64_t j = 0; j < columns; ++j) {
          csv += ',';
          append_number(csv, first[k * columns + j]);
        }
        csv += '\n';
      }
    }
  });
  return std::accumulate(parts.begin(), parts.end(), std::string());
}

std::string predictions_csv(const nn::Task& task, const std::vector<std::string>& classes,
                            const std::vector<std::string>& outputs, const Predictions& predictions) {
  return predictions_header(task, classes, outputs) + predictions_rows(task, classes, predictions);
}

at::Tensor network_input(Learner& learner, const Dataset& dataset, int64_t index, const std::optional<Draw>& draw) {
  Sample sample = dataset.get(index, draw);
  Batch batch;
  batch.index = {index};
  batch.x = {sample.x.at(0).unsqueeze(0).permute({0, 3, 1, 2})};
  std::optional<BatchTransform::Key> key;
  if (draw) key = BatchTransform::Key{draw->seed(), draw->epoch()};
  return learner.data().transform->apply(std::move(batch), key, at::kFloat).x.at(0);
}

std::vector<vision::Image> images_of(const at::Tensor& x, const vision::Normalisation& normalisation) {
  const auto options = at::TensorOptions().dtype(at::kFloat);
  const auto deviation = at::tensor(at::ArrayRef<double>(normalisation.deviation), options).view({1, 3, 1, 1});
  const auto mean = at::tensor(at::ArrayRef<double>(normalisation.mean), options).view({1, 3, 1, 1});
  const auto pixels = (x.to(at::kFloat) * deviation + mean)
                          .mul_(255)
                          .round_()
                          .clamp_(0, 255)
                          .to(at::kByte)
                          .permute({0, 2, 3, 1})
                          .contiguous();  // [N, H, W, 3]
  std::vector<vision::Image> images;
  for (int64_t k = 0; k < pixels.size(0); ++k) {
    const auto one = pixels[k];
    auto& image = images.emplace_back(vision::Image{static_cast<int>(one.size(1)), static_cast<int>(one.size(0)), {}});
    image.rgb.assign(one.const_data_ptr<uint8_t>(), one.const_data_ptr<uint8_t>() + one.numel());
  }
  return images;
}

report::Picture picture_of(const vision::Image& image, const std::string& caption) {
  const auto bytes = vision::encode_jpeg(image);
  return {.media_type = "image/jpeg",
          .bytes = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
          .caption = caption};
}

std::vector<report::Picture> pictures(const at::Tensor& x, const vision::Normalisation& normalisation,
                                      const std::vector<std::string>& captions) {
  std::vector<report::Picture> out;
  for (const auto& image : images_of(x, normalisation))
    out.push_back(picture_of(image, captions.empty() ? "" : captions.at(out.size())));
  return out;
}

std::vector<report::Picture> sample_batch(Learner& learner, const vision::Normalisation& normalisation, int64_t count) {
  const auto& data = learner.data();
  if (!data.train || !data.transform) return {};
  std::vector<report::Picture> out;
  for (const int64_t index : permutation(data.train->size(), Draw(learner.options().seed, 0, 0, Purpose::other))) {
    if (static_cast<int64_t>(out.size()) == count) break;
    const Draw draw(learner.options().seed, 0, static_cast<uint64_t>(index), Purpose::item_transform);
    std::string caption;
    try {
      const auto x = network_input(learner, *data.train, index, draw);
      const auto target = data.train->target(index);
      if (!data.classes.empty() && target.dim() == 0)
        caption = data.classes.at(static_cast<size_t>(target.item<int64_t>()));
      out.push_back(pictures(x, normalisation, {caption}).front());
    } catch (const DataError&) {
      continue;  // training has listed it already
    }
  }
  return out;
}

}  // namespace tenfold
