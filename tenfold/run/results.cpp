#include "tenfold/run/results.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdio>

#include "tenfold/data/write_csv.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/interpretation.h"

namespace tenfold {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace

std::string predicted_text(const nn::Task& task, const std::vector<std::string>& classes,
                           const Predictions& predictions, int64_t k) {
  return in_words(task, classes, nn::decode(task, predictions.activated.narrow(0, k, 1))[0]);
}

std::string predictions_csv(const nn::Task& task, const std::vector<std::string>& classes,
                            const std::vector<std::string>& outputs, const Predictions& predictions) {
  std::string csv = "name,predicted";
  for (const auto& column : task.kind == nn::TaskKind::regression ? outputs : classes) csv += "," + csv_field(column);
  csv += "\n";
  const auto values = predictions.activated.contiguous();
  const int64_t columns = values.size(1);
  const float* row = values.const_data_ptr<float>();
  for (size_t k = 0; k < predictions.names.size(); ++k, row += columns) {
    csv += csv_field(predictions.names[k]) + "," +
           csv_field(predicted_text(task, classes, predictions, static_cast<int64_t>(k)));
    for (int64_t j = 0; j < columns; ++j) csv += "," + number(row[j]);
    csv += "\n";
  }
  return csv;
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
