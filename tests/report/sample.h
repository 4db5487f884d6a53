#pragma once
// A page like those of real runs, from made-up numbers: a head trained on cached features, then three layer groups with
// one-cycle rates; ten classes; pictures encoded here.

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include "tenfold/core/random.h"
#include "tenfold/report/report.h"

namespace tenfold::report {

/// PNG (ISO/IEC 15948) of size × size RGB pixels, in one stored block: size² · 3 must stay below 64 KiB.
inline std::string png(int size, const std::string& rgb) {
  const auto big_endian = [](uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 255);
    return out;
  };
  const auto chunk = [&](const std::string& type_and_data) {
    uint32_t crc = ~0U;
    for (const char c : type_and_data) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
    }
    return big_endian(static_cast<uint32_t>(type_and_data.size() - 4)) + type_and_data + big_endian(~crc);
  };
  std::string rows;
  for (int y = 0; y < size; ++y)
    rows += std::string(1, '\0') + rgb.substr(static_cast<size_t>(y * size * 3), static_cast<size_t>(size * 3));
  uint32_t a = 1, b = 0;
  for (const char c : rows) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  const auto length = static_cast<uint32_t>(rows.size());
  std::string zlib = "\x78\x01\x01";
  for (const uint32_t half : {length, ~length}) {
    zlib += static_cast<char>(half & 255);
    zlib += static_cast<char>(half >> 8 & 255);
  }
  zlib += rows + big_endian(b << 16 | a);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR" + big_endian(static_cast<uint32_t>(size)) + big_endian(static_cast<uint32_t>(size)) +
               std::string("\x08\x02\0\0\0", 5)) +
         chunk("IDAT" + zlib) + chunk("IEND");
}

/// A disc on a slope of light, coloured by `seed`.
inline Picture picture(uint64_t seed, int size, std::string caption) {
  Draw draw(seed, 0, 0, Purpose::other);
  const double x0 = size * draw.uniform(0.3, 0.7), y0 = size * draw.uniform(0.3, 0.7),
               radius = size * draw.uniform(0.15, 0.35);
  double from[3], to[3];
  for (int c = 0; c < 3; ++c) {
    from[c] = draw.uniform(40, 150);
    to[c] = draw.uniform(100, 250);
  }
  std::string rgb;
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      for (int c = 0; c < 3; ++c) {
        const bool inside = std::hypot(x - x0, y - y0) < radius;
        const double light = (x + y) / (2.0 * size);
        const double value = (inside ? to[c] : from[c]) * (0.7 + 0.3 * light) + draw.uniform(-6, 6);
        rgb += static_cast<char>(static_cast<unsigned char>(std::fmin(255, std::fmax(0, value))));
      }
  return {.media_type = "image/png", .bytes = png(size, rgb), .caption = std::move(caption)};
}

/// A record of `head_steps` + `all_steps` steps, `epochs` in the second stage.
inline Record sample_record(int head_steps, int all_steps, int epochs) {
  Record record;
  const std::vector<std::string> groups{"stem and stages 1-2", "stages 3-4", "head"};
  record.stages = {{.stage = 0,
                    .name = "head (cached features)",
                    .trained_from = 2,
                    .groups = groups,
                    .plan = {{"lr", {0, 0, 1e-2}}, {"shape", "cosine"}, {"epochs", 2.0}, {"steps", head_steps}}},
                   {.stage = 1,
                    .name = "all",
                    .trained_from = 0,
                    .groups = groups,
                    .plan = {{"lr", {1e-4, 5.5e-4, 3e-3}},
                             {"shape", {{"one_cycle", {{"epochs", epochs}, {"warm", 0.25}}}}},
                             {"epochs", double(epochs)},
                             {"steps", all_steps}}}};
  Draw draw(7, 0, 0, Purpose::other);
  double smooth = 2.4;
  for (int k = 0; k < head_steps + all_steps; ++k) {
    const bool head = k < head_steps;
    const double here = head ? double(k) / head_steps : double(k - head_steps) / all_steps;
    const double warm = here < 0.25 ? 0.5 - 0.5 * std::cos(std::numbers::pi * here / 0.25)
                                    : 0.5 + 0.5 * std::cos(std::numbers::pi * (here - 0.25) / 0.75);
    const double cosine = 0.5 + 0.5 * std::cos(std::numbers::pi * here);
    const double trend = head ? 0.75 + 1.6 * std::exp(-5 * here) : 0.16 + 0.6 * std::exp(-3.2 * here) + 0.09 * warm;
    const double loss = trend * std::exp(0.22 * draw.normal());
    smooth = 0.98 * smooth + 0.02 * loss;
    if (k < 60) smooth = trend;
    StepRow row{
        .step = k, .stage = head ? 0 : 1, .epoch = here * (head ? 2 : epochs), .loss = loss, .smooth_loss = smooth};
    row.lr = head ? std::vector<double>{0, 0, 1e-2 * cosine}
                  : std::vector<double>{1e-4 * (0.04 + warm), 5.5e-4 * (0.04 + warm), 3e-3 * (0.04 + warm)};
    row.momentum = head ? 0.9 : 0.95 - 0.1 * warm;
    record.steps.push_back(row);
  }
  const auto epoch = [&](int stage, int number, int64_t steps, double speed) {
    const double trained = record.steps[static_cast<size_t>(steps - 1)].smooth_loss;
    const double accuracy = 1 - 0.31 * trained - 0.01 + 0.004 * draw.normal();
    record.epochs.push_back(
        {.stage = stage,
         .epoch = number,
         .steps = steps,
         .train_loss = trained,
         .valid_loss = trained * 0.9 + 0.07 + 0.01 * draw.normal(),
         .metrics = {{"accuracy", accuracy}, {"error_rate", 1 - accuracy}, {"f_beta", accuracy - 0.012}},
         .seconds = 9000 / speed,
         .valid_seconds = 3.1,
         .images_per_second = speed});
  };
  for (int e = 0; e < 2; ++e) epoch(0, e, head_steps * (e + 1) / 2, 2150 + 40 * draw.normal());
  for (int e = 0; e < epochs; ++e)
    epoch(1, e, head_steps + int64_t(all_steps) * (e + 1) / epochs, 187 + 4 * draw.normal());
  return record;
}

inline LrPlot sample_sweep() {
  LrPlot plot;
  Draw draw(3, 0, 0, Purpose::other);
  for (int k = 0; k < 96; ++k) {
    const double lr = 1e-7 * std::pow(10, 8 * k / 99.0), x = std::log10(lr), late = std::fmax(0, x + 1.2);
    plot.lr.push_back(lr);
    plot.loss.push_back(2.35 - 1.4 / (1 + std::exp(-2.6 * (x + 2.9))) + 1.9 * late * late + 0.012 * draw.normal());
  }
  plot.suggestions = {{"valley", 8.3e-4}, {"slide", 2.1e-2}, {"minimum / 10", 5.8e-3}, {"steep", 1.3e-3}};
  plot.range = {4.4e-4, 1.6e-3};
  plot.title = "before stage 2: all";
  return plot;
}

inline std::vector<std::vector<int64_t>> sample_confusion(size_t classes, int64_t items) {
  Draw draw(11, 0, 0, Purpose::other);
  std::vector<std::vector<int64_t>> matrix(classes, std::vector<int64_t>(classes));
  for (size_t i = 0; i < classes; ++i) {
    for (size_t j = 0; j < classes; ++j)
      if (i != j && draw.uniform(0, 1) < 0.4)
        matrix[i][j] = static_cast<int64_t>(items * 0.12 * std::pow(draw.uniform(0, 1), 6));
    matrix[i][i] = items;
    for (size_t j = 0; j < classes; ++j) matrix[i][i] -= i != j ? matrix[i][j] : 0;
  }
  return matrix;
}

/// `points` in ten clouds, every ninth predicted wrongly, thumbnails for the first thirty.
inline Scatter sample_embedding(size_t points) {
  Scatter scatter{.id = "embedding", .title = "map", .ring_name = "predicted wrongly", .tile = 24};
  for (int g = 0; g < 10; ++g) scatter.groups.push_back("group " + std::to_string(g));
  Draw draw(5, 0, 0, Purpose::other);
  for (size_t k = 0; k < points; ++k) {
    const int group = static_cast<int>(k % 10);
    scatter.x.push_back(30 * std::cos(group * 0.63) + 5 * draw.normal());
    scatter.y.push_back(18 * std::sin(group * 0.63) + 5 * draw.normal());
    scatter.group.push_back(group);
    scatter.name.push_back("valid/item " + std::to_string(k) + ".png");
    scatter.note.push_back("group " + std::to_string(group));
    scatter.tile_of.push_back(k < 25 ? static_cast<int>(k) : -1);
    if (k % 9 == 0) scatter.ringed.push_back(k);
  }
  scatter.sheet = picture(77, 120, "");
  return scatter;
}

/// A multi-label task's parts.
inline Page sample_labels_page() {
  Page page{.title = "labels", .split = "valid"};
  const std::vector<std::string> names{"clear", "haze", "primary", "water", "road", "cultivation", "blow down"};
  for (size_t k = 0; k < names.size(); ++k) {
    const double f = 0.97 - 0.11 * static_cast<double>(k);
    page.labels.push_back({.name = names[k],
                           .items = static_cast<int64_t>(700 - 110 * k),
                           .given = static_cast<int64_t>(690 - 100 * k),
                           .right = static_cast<int64_t>(600 - 98 * k),
                           .precision = k == 6 ? std::nan("") : f + 0.02,
                           .recall = f - 0.02,
                           .f1 = f,
                           .f2 = f - 0.01});
  }
  page.thresholds = {.scores = {{"precision", {}}, {"recall", {}}, {"F1", {}}, {"F2", {}}}, .used = 0.2};
  for (int k = 1; k < 40; ++k) {
    const double t = k / 40.0;
    page.thresholds.threshold.push_back(t);
    const double precision = 0.4 + 0.6 * std::sqrt(t), recall = 1 - std::pow(t, 3);
    page.thresholds.scores[0].second.push_back(precision);
    page.thresholds.scores[1].second.push_back(recall);
    for (const double beta : {1.0, 4.0})
      page.thresholds.scores[beta > 1 ? 3 : 2].second.push_back((1 + beta) * precision * recall /
                                                                (beta * precision + recall));
  }
  return page;
}

/// A regression's parts: two outputs.
inline Page sample_outputs_page() {
  Page page{.title = "values", .split = "test"};
  Draw draw(21, 0, 0, Purpose::other);
  for (const std::string name : {"age", "height"}) {
    OutputPlot plot{.name = name, .figures = {{"rmse", 6.1}, {"mae", 4.4}, {"bias", -0.3}, {"r2", 0.87}}};
    for (int k = 0; k < 600; ++k) {
      plot.actual.push_back(draw.uniform(18, 80));
      plot.predicted.push_back(0.9 * plot.actual.back() + 5 + (k % 40 ? 3 : 14) * draw.normal());
      plot.item.push_back("valid/" + std::to_string(k) + ".jpg");
    }
    page.outputs.push_back(std::move(plot));
  }
  page.top_losses = {{.name = "valid/7.jpg", .actual = "31 180", .predicted = "62.5 171", .loss = 44}};
  return page;
}

inline Page sample_page(int head_steps = 564, int all_steps = 2820, int epochs = 10) {
  const std::vector<std::string> classes{"t-shirt/top", "trouser", "pullover", "dress", "coat",
                                         "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};
  Page page{.title = "fashion-2026-11-24",
            .summary = {{"test accuracy", "0.9421"},
                        {"test loss", "0.1712"},
                        {"valid accuracy", "0.9405"},
                        {"training", "3 min 12 s"},
                        {"items a second", "187.3"},
                        {"network", "efficientnet_lite0"},
                        {"precision", "bf16"},
                        {"peak memory", "812 MiB"}},
            .record = sample_record(head_steps, all_steps, epochs)};
  page.lr_plots = {sample_sweep()};
  page.classes = classes;
  page.confusion = sample_confusion(10, 1000);
  page.confusion[6][0] = 97;
  page.confusion[6][6] = 768;
  for (uint64_t k = 0; k < 16; ++k) page.sample_batch.push_back(picture(k, 96, classes[k * 7 % 10]));
  for (uint64_t k = 0; k < 12; ++k)
    page.top_losses.push_back(
        {.name = "valid/" + classes[k * 3 % 10] + "/a long file name number " + std::to_string(1000 + k) + ".png",
         .actual = classes[k * 3 % 10],
         .predicted = classes[k == 11 ? k * 3 % 10 : (k * 3 + 4) % 10],
         .loss = 9.7 - 0.5 * static_cast<double>(k),
         .probability = 6e-5 * std::exp(0.5 * static_cast<double>(k)),
         .picture = picture(100 + k, k % 2 ? 28 : 128, ""),
         .heat = {picture(200 + k, 128, "predicted: " + classes[(k * 3 + 4) % 10]),
                  picture(300 + k, 128, "actual: " + classes[k * 3 % 10])}});
  page.heat_scale = {"#808080", "#7a2a6a", "#f0d060"};
  page.embedding = sample_embedding(400);
  page.embedding_note = "Alike items lie together.";
  page.split = "valid";
  page.recipe =
      "# what this run did\nseed = 42\n\n[data]\nkind = \"images\"\npath = \"fashion\"  # relative to this file\nsize "
      "= 224\naugment = \"side_on\"\n\n"
      "[model]\nbackbone = \"efficientnet_lite0\"\nweights = \"pretrained\"\ndropout = [0.25, 0.5]\n\n[[stage]]\ntrain "
      "= \"head\"\nprecompute = true\n"
      "lr = 1e-2\nshape = \"cosine\"\nepochs = 2\n\n[[stage]]\ntrain = \"all\"\nlr = { from = 1e-4, to = 3e-3 }\nshape "
      "= { one_cycle = { warm = 0.25 } }\nepochs = 10\n";
  page.notes = {
      "2 files could not be read and were left out: train/coat/0193.jpg is an HTML page; train/bag/77.jpg ends after "
      "312 of 5,120 bytes.",
      "Class “shirt” has 8 times fewer items than “dress”."};
  return page;
}

}  // namespace tenfold::report
