#include "tenfold/run/map.h"

#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/core/threads.h"
#include "tenfold/nn/loss.h"
#include "tenfold/run/results.h"

namespace tenfold {
namespace {

constexpr size_t kThumbnails = 300;
constexpr int kTile = 64, kAcross = 20;
constexpr size_t kFifths = 5;

struct Grouping {
  std::vector<int> group;  ///< one a mapped item
  std::vector<std::string> groups;
  bool ordered = false;
};

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// Fifths of the values that the mapped items have; fewer where values repeat.
Grouping by_value(const Output& output, const std::vector<int64_t>& rows) {
  std::vector<double> values;
  for (const int64_t row : rows) values.push_back(output.actual[static_cast<size_t>(row)]);
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::set<double> bounds;  // the highest value of each fifth
  for (size_t k = 1; k <= kFifths; ++k) bounds.insert(sorted[k * sorted.size() / kFifths - (k == kFifths ? 1 : 0)]);
  const std::vector<double> upper(bounds.begin(), bounds.end());
  Grouping out{.group = {}, .groups = {}, .ordered = true};
  for (const double bound : upper) out.groups.push_back(output.name + " ≤ " + short_number(bound));
  for (const double value : values)
    out.group.push_back(static_cast<int>(std::min<std::ptrdiff_t>(
        std::lower_bound(upper.begin(), upper.end(), value) - upper.begin(), std::ssize(upper) - 1)));
  return out;
}

Grouping grouping(const Findings& found) {
  const auto& rows = found.predictions.feature_rows;
  if (found.task.kind == nn::TaskKind::regression) return by_value(found.interpretation.outputs.at(0), rows);
  Grouping out{.group = {}, .groups = found.interpretation.classes};
  out.ordered = found.task.kind == nn::TaskKind::ordinal;
  const bool labels = found.task.kind == nn::TaskKind::multi_label;
  if (labels) out.groups = {"all labels right", "some wrong"};
  for (const int64_t row : rows)
    out.group.push_back(labels ? !found.interpretation.right[static_cast<size_t>(row)]
                               : static_cast<int>(found.predictions.target[row].item<int64_t>()));
  return out;
}

/// Mapped items with a wrong class, the highest loss first.
std::vector<size_t> wrong_ones(const Findings& found) {
  std::vector<size_t> wrong;
  if (found.interpretation.confusion.empty()) return wrong;
  const auto& rows = found.predictions.feature_rows;
  for (size_t k = 0; k < rows.size(); ++k)
    if (!found.interpretation.right[static_cast<size_t>(rows[k])]) wrong.push_back(k);
  const auto loss = found.predictions.item_loss.to(at::kDouble).contiguous();
  const double* of = loss.const_data_ptr<double>();
  std::sort(wrong.begin(), wrong.end(),
            [&](size_t a, size_t b) { return std::make_pair(-of[rows[a]], a) < std::make_pair(-of[rows[b]], b); });
  return wrong;
}

std::string note_of(const Findings& found, const std::vector<std::string>& names, const at::Tensor& decoded,
                    int64_t row) {
  const auto& predictions = found.predictions;
  const std::string actual = in_words(found.task, names, predictions.target[row]),
                    predicted = in_words(found.task, names, decoded[row]);
  const bool right = found.interpretation.right[static_cast<size_t>(row)];
  std::string note = right ? actual : "actual " + actual + ", predicted " + predicted;
  if (decoded.dim() == 1)
    note += " " + short_number(predictions.activated[row][decoded[row].item<int64_t>()].item<double>());
  return note;
}

/// [H, W, 3] bytes → [tile, tile, 3].
at::Tensor reduced(const at::Tensor& pixels) {
  const auto in = pixels.contiguous().permute({2, 0, 1}).unsqueeze(0);
  return at::_upsample_bilinear2d_aa(in, {kTile, kTile}, /*align_corners=*/false).squeeze(0).permute({1, 2, 0});
}

/// The wrong ones' pictures and then others', side by side in one; which tile each point has.
void add_thumbnails(report::Scatter& scatter, const Findings& found, const Learner& learner) {
  const auto& dataset = *learner.data().split(found.split);
  std::vector<size_t> order = scatter.ringed;
  const std::set<size_t> first(order.begin(), order.end());
  for (size_t k = 0; k < scatter.x.size(); ++k)
    if (!first.contains(k)) order.push_back(k);
  order.resize(std::min(order.size(), kThumbnails));
  const auto count = static_cast<int64_t>(order.size());
  const int64_t lines = (count + kAcross - 1) / kAcross;
  auto sheet = at::full({lines * kTile, std::min<int64_t>(count, kAcross) * kTile, 3}, 128, at::kByte);
  std::vector<char> read(order.size());
  ThreadPool pool(std::max(1, learner.options().workers));
  pool.parallel_for(count, [&](int64_t tile) {
    const auto row = static_cast<size_t>(found.predictions.feature_rows[order[static_cast<size_t>(tile)]]);
    try {
      const auto pixels = dataset.get(found.predictions.index[row], std::nullopt).x.at(0);
      if (pixels.dim() != 3 || pixels.scalar_type() != at::kByte) return;
      sheet.narrow(0, tile / kAcross * kTile, kTile).narrow(1, tile % kAcross * kTile, kTile).copy_(reduced(pixels));
      read[static_cast<size_t>(tile)] = 1;
    } catch (const DataError&) {  // was readable before; the map does without it
    }
  });
  if (std::find(read.begin(), read.end(), 1) == read.end()) return;
  scatter.tile = kTile;
  scatter.tile_of.assign(scatter.x.size(), -1);
  for (size_t k = 0; k < order.size(); ++k)
    if (read[k]) scatter.tile_of[order[k]] = static_cast<int>(k);
  vision::Image image{static_cast<int>(sheet.size(1)), static_cast<int>(sheet.size(0)), {}};
  image.rgb.assign(sheet.const_data_ptr<uint8_t>(), sheet.const_data_ptr<uint8_t>() + sheet.numel());
  scatter.sheet = picture_of(image, "");
}

}  // namespace

void show_map(const Findings& found, const Learner& learner, report::Page& page) {
  if (!found.places.defined() || found.places.size(0) < 2) return;
  const auto& rows = found.predictions.feature_rows;
  const auto& data = learner.data();
  const auto& names = found.task.kind == nn::TaskKind::regression ? data.outputs : data.classes;
  const auto decoded = nn::decode(found.task, found.predictions.activated);
  const auto places = found.places.contiguous();
  const float* at = places.const_data_ptr<float>();
  report::Scatter scatter{.id = "embedding"};
  for (size_t k = 0; k < rows.size(); ++k, at += 2) {
    scatter.x.push_back(at[0]);
    scatter.y.push_back(at[1]);
    scatter.name.push_back(found.predictions.names[static_cast<size_t>(rows[k])]);
    scatter.note.push_back(note_of(found, names, decoded, rows[k]));
  }
  Grouping groups = grouping(found);
  scatter.group = std::move(groups.group);
  scatter.groups = std::move(groups.groups);
  scatter.ordered = groups.ordered;
  scatter.ringed = wrong_ones(found);
  scatter.ring_name = "predicted wrongly";
  add_thumbnails(scatter, found, learner);
  page.embedding = std::move(scatter);
  page.embedding_note =
      "Items that the network finds alike lie close together: t-SNE of the features before its head. Distances between "
      "far groups mean little. Point at an item; drag to zoom, double-click to see all; names switch groups on and "
      "off.";
  if (rows.size() < found.predictions.names.size())
    page.embedding_note += " " + std::to_string(rows.size()) + " of " + std::to_string(found.predictions.names.size()) +
                           " items, drawn by the seed.";
}

}  // namespace tenfold
