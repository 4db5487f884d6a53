// Pictures in a report: the sample batch, and top losses with heat maps.

#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/run/illustrate.h"
#include "tenfold/run/results.h"
#include "tenfold/vision/grad_cam.h"
#include "tenfold/vision/heat.h"

namespace tenfold {
namespace {

constexpr int64_t kSamplePictures = 16;
constexpr int kScaleColours = 9;
constexpr uint8_t kGrey = 128;  // stands for the picture below the scale of heat

std::vector<std::string> heat_scale() {
  std::vector<std::string> colours;
  for (int k = 0; k < kScaleColours; ++k) {
    const auto [r, g, b] = vision::heated({kGrey, kGrey, kGrey}, k / (kScaleColours - 1.0));
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", r, g, b);
    colours.emplace_back(text);
  }
  return colours;
}

/// Shades the pictures of the rows by what spoke for the outputs looked at. x: [rows, 3, H, W] fp32.
void add_heat(std::vector<report::TopLossRow>& rows, const Findings& found, Learner& learner, const at::Tensor& x,
              const vision::Normalisation& normalisation) {
  struct Wanted {
    int64_t row;
    const Look* look;
  };
  std::vector<Wanted> wanted;
  for (size_t k = 0; k < rows.size(); ++k)
    for (const auto& look : found.interpretation.top_losses[k].looks)
      wanted.push_back({static_cast<int64_t>(k), &look});
  const auto images = images_of(x, normalisation);
  const auto batch = static_cast<size_t>(learner.options().batch);
  for (size_t from = 0; from < wanted.size(); from += batch) {
    const size_t to = std::min(wanted.size(), from + batch);
    std::vector<int64_t> items, outputs;
    for (size_t k = from; k < to; ++k) {
      items.push_back(wanted[k].row);
      outputs.push_back(wanted[k].look->output);
    }
    const auto maps = vision::grad_cam(learner, x.index_select(0, at::tensor(items, at::kLong)), outputs);
    const auto heat = vision::heat_of(maps, x.size(3)).contiguous();
    for (size_t k = from; k < to; ++k) {
      const auto one = heat[static_cast<int64_t>(k - from)];
      const std::span<const float> values(one.const_data_ptr<float>(), static_cast<size_t>(one.numel()));
      const auto& row = static_cast<size_t>(wanted[k].row);
      const bool nothing = *std::max_element(values.begin(), values.end()) <= 0;
      rows[row].heat.push_back(
          picture_of(vision::heat_over(images[row], values),
                     caption_of(found.task.kind, *wanted[k].look) + (nothing ? ", and nothing speaks for it" : "")));
    }
  }
}

}  // namespace

void illustrate(const ImagePipeline& images, Learner& learner, const Findings& found, report::Page& page) {
  page.sample_batch = sample_batch(learner, images.normalisation, kSamplePictures);
  const auto& dataset = *learner.data().split(found.split);
  std::vector<at::Tensor> views;
  for (const auto& top : found.interpretation.top_losses)
    views.push_back(network_input(learner, dataset, top.index, std::nullopt));
  if (views.empty()) return;
  const auto x = at::cat(views);
  const auto shown = pictures(x, images.normalisation, {});
  for (size_t k = 0; k < shown.size(); ++k) page.top_losses[k].picture = shown[k];
  try {
    add_heat(page.top_losses, found, learner, x, images.normalisation);
    page.heat_scale = heat_scale();
  } catch (const ConfigError& none) {
    page.heat_note = none.what();
  }
}

}  // namespace tenfold
