#include "tenfold/vision/images.h"

#include <cmath>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/vision/image_dataset.h"

namespace tenfold::vision {
namespace {

using Lists = std::array<std::shared_ptr<const ImageList>, 3>;  // train, valid, test

Data data_of(const Lists& lists, const DataOptions& options, const Normalisation& normalisation,
             const std::vector<std::string>& classes, const std::vector<std::string>& outputs) {
  const ItemView view{
      .size = options.size,
      .resize = options.resize,
      .augment = options.augment,
      .max_zoom = options.max_zoom,
      .min_area = options.min_area,
      .presize = options.presize,
      .policy = {
          .kind = options.policy, .operations = options.policy_operations, .magnitude = options.policy_magnitude}};
  const Augmentation augmentation{.preset = options.augment,
                                  .size = options.size,
                                  .max_zoom = options.max_zoom,
                                  .strength = options.strength,
                                  .min_area = options.presize > 1 ? options.presize_area : 1};
  const Erasing erasing{.chance = options.erase,
                        .area = options.erase_area,
                        .boxes = options.erase_boxes,
                        .hole = std::lround(options.cutout * static_cast<double>(options.size)),
                        .holes = options.cutout_holes};
  const auto dataset = [&](const std::shared_ptr<const ImageList>& list) -> std::shared_ptr<const Dataset> {
    if (!list || list->size() == 0) return nullptr;
    return std::make_shared<ImageDataset>(list, view);
  };
  Data data{.train = dataset(lists[0]),
            .valid = dataset(lists[1]),
            .test = dataset(lists[2]),
            .transform = std::make_shared<ImageTransform>(augmentation, erasing, normalisation),
            .classes = classes,
            .outputs = outputs};
  data.resized = [=](int64_t size) {
    DataOptions other = options;
    other.size = size;
    return data_of(lists, other, normalisation, classes, outputs);
  };
  return data;
}

void in_range(const char* option, double value, double low, double high, const char* meaning) {
  if (value >= low && value <= high) return;
  throw ConfigError(option, "is " + shortest(value) + "; needs " + shortest(low) + " to " + shortest(high) + meaning);
}

void check(const DataOptions& options) {
  if (options.size < 8 || options.size > 4096)
    throw ConfigError("data.size", "is " + std::to_string(options.size) + " pixels; needs 8 to 4096");
  if (!(options.max_zoom >= 1))
    throw ConfigError("data.max_zoom", "is " + std::to_string(options.max_zoom) + "; needs at least 1 (no zoom)");
  in_range("data.strength", options.strength, 0, 4, ", where 1 is the preset as it is");
  in_range("data.min_area", options.min_area, 0.01, 1, " of the image");
  in_range("data.presize", options.presize, 1, 2.5, " times data.size; beyond, a single interpolation skips pixels");
  in_range("data.presize_area", options.presize_area, 0.01, 1, " of the larger square");
  in_range("data.policy_operations", options.policy_operations, 0, 14, " operations");
  in_range("data.policy_magnitude", options.policy_magnitude, 0, 30, "");
  in_range("data.erase", options.erase, 0, 1, ", a chance");
  in_range("data.erase_area", options.erase_area, 0, 1, " of the image");
  in_range("data.erase_boxes", options.erase_boxes, 1, 16, " rectangles");
  in_range("data.cutout", options.cutout, 0, 1, " of the side");
  in_range("data.cutout_holes", options.cutout_holes, 1, 64, " squares");
}

}  // namespace

ImageData load(const DataOptions& options, const Normalisation& normalisation, uint64_t seed) {
  check(options);
  Listing listing = list_images(options, seed);
  if (!listing.problems.empty()) {
    const auto& first = listing.problems.front();
    const size_t more = listing.problems.size() - 1;
    throw DataError(
        first.path, first.line,
        first.text + (more ? " (and " + std::to_string(more) + " more; `tenfold inspect` lists them all)" : ""));
  }
  nn::Task task{.kind = listing.kind};
  task.classes =
      static_cast<int64_t>(listing.kind == nn::TaskKind::regression ? listing.outputs.size() : listing.classes.size());
  const Lists lists = {std::make_shared<const ImageList>(std::move(listing.train)),
                       std::make_shared<const ImageList>(std::move(listing.valid)),
                       std::make_shared<const ImageList>(std::move(listing.test))};
  return {data_of(lists, options, normalisation, listing.classes, listing.outputs), task, options, normalisation};
}

Data to_predict(const std::vector<std::string>& paths, const DataOptions& options, const Normalisation& normalisation) {
  check(options);
  ImagePart part;
  for (const auto& path : paths) {
    const auto files = image_files(path);
    if (files.empty()) throw DataError(path, 0, "holds no image files; name images or a folder of them");
    for (const auto& file : files) {
      part.paths.push_back(file);
      part.names.push_back(file);
    }
  }
  return data_of({nullptr, nullptr, std::make_shared<const ImageList>(std::move(part))}, options, normalisation, {},
                 {});
}

}  // namespace tenfold::vision
