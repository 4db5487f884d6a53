#include "tenfold/run/results.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdio>

#include "tenfold/nn/loss.h"
#include "tenfold/vision/image.h"

namespace tenfold {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// One item's plain or training view as the network gets it, [1, 3, H, W] fp32.
at::Tensor network_input(Learner& learner, const Dataset& dataset, int64_t index, const std::optional<Draw>& draw) {
  Sample sample = dataset.get(index, draw);
  Batch batch;
  batch.index = {index};
  batch.x = {sample.x.at(0).unsqueeze(0).permute({0, 3, 1, 2})};
  std::optional<BatchTransform::Key> key;
  if (draw) key = BatchTransform::Key{draw->seed(), draw->epoch()};
  return learner.data().transform->apply(std::move(batch), key, at::kFloat).x.at(0);
}

}  // namespace

std::string predicted_text(const nn::Task& task, const std::vector<std::string>& classes,
                           const Predictions& predictions, int64_t k) {
  const auto decoded = nn::decode(task, predictions.activated.narrow(0, k, 1));
  std::string text;
  if (task.kind == nn::TaskKind::regression) {
    for (int64_t j = 0; j < decoded.size(1); ++j) text += (j ? " " : "") + number(decoded[0][j].item<double>());
  } else if (task.kind == nn::TaskKind::multi_label) {
    for (int64_t j = 0; j < decoded.size(1); ++j)
      if (decoded[0][j].item<bool>()) text += (text.empty() ? "" : " ") + classes.at(static_cast<size_t>(j));
  } else {
    text = classes.at(static_cast<size_t>(decoded.item<int64_t>()));
  }
  return text;
}

std::string predictions_csv(const nn::Task& task, const std::vector<std::string>& classes,
                            const std::vector<std::string>& outputs, const Predictions& predictions) {
  std::string csv = "name,predicted";
  for (const auto& column : task.kind == nn::TaskKind::regression ? outputs : classes) csv += "," + quoted(column);
  csv += "\n";
  const auto values = predictions.activated.contiguous();
  const int64_t columns = values.size(1);
  const float* row = values.const_data_ptr<float>();
  for (size_t k = 0; k < predictions.names.size(); ++k, row += columns) {
    csv += quoted(predictions.names[k]) + "," +
           quoted(predicted_text(task, classes, predictions, static_cast<int64_t>(k)));
    for (int64_t j = 0; j < columns; ++j) csv += "," + number(row[j]);
    csv += "\n";
  }
  return csv;
}

std::vector<report::Picture> pictures(const at::Tensor& x, const vision::Normalisation& normalisation,
                                      const std::vector<std::string>& captions) {
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
  std::vector<report::Picture> out;
  for (int64_t k = 0; k < pixels.size(0); ++k) {
    const auto one = pixels[k];
    vision::Image image{static_cast<int>(one.size(1)), static_cast<int>(one.size(0)), {}};
    image.rgb.assign(one.const_data_ptr<uint8_t>(), one.const_data_ptr<uint8_t>() + one.numel());
    const auto bytes = vision::encode_jpeg(image);
    out.push_back({.media_type = "image/jpeg",
                   .bytes = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                   .caption = captions.empty() ? "" : captions.at(static_cast<size_t>(k))});
  }
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

std::vector<report::TopLossRow> top_loss_rows(Learner& learner, Split split, const Interpretation& interpretation,
                                              const vision::Normalisation& normalisation) {
  const auto& dataset = *learner.data().split(split);
  std::vector<report::TopLossRow> rows;
  for (const auto& top : interpretation.top_losses) {
    const auto x = network_input(learner, dataset, top.index, std::nullopt);
    rows.push_back({.name = top.name,
                    .actual = top.actual,
                    .predicted = top.predicted,
                    .loss = top.loss,
                    .probability = top.probability,
                    .picture = pictures(x, normalisation, {top.name}).front()});
  }
  return rows;
}

}  // namespace tenfold
