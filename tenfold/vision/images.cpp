#include "tenfold/vision/images.h"

#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/vision/image_dataset.h"

namespace tenfold::vision {
namespace {

using Lists = std::array<std::shared_ptr<const ImageList>, 3>;  // train, valid, test

Data data_of(const Lists& lists, const DataOptions& options, const Normalisation& normalisation,
             const std::vector<std::string>& classes, const std::vector<std::string>& outputs) {
  const ItemView view{
      .size = options.size, .resize = options.resize, .augment = options.augment, .max_zoom = options.max_zoom};
  const auto dataset = [&](const std::shared_ptr<const ImageList>& list) -> std::shared_ptr<const Dataset> {
    if (!list || list->size() == 0) return nullptr;
    return std::make_shared<ImageDataset>(list, view);
  };
  Data data{.train = dataset(lists[0]),
            .valid = dataset(lists[1]),
            .test = dataset(lists[2]),
            .transform = std::make_shared<ImageTransform>(options.augment, options.max_zoom, normalisation),
            .classes = classes,
            .outputs = outputs};
  data.resized = [=](int64_t size) {
    DataOptions other = options;
    other.size = size;
    return data_of(lists, other, normalisation, classes, outputs);
  };
  return data;
}

void check(const DataOptions& options) {
  if (options.size < 8 || options.size > 4096)
    throw ConfigError("data.size", "is " + std::to_string(options.size) + " pixels; needs 8 to 4096");
  if (!(options.max_zoom >= 1))
    throw ConfigError("data.max_zoom", "is " + std::to_string(options.max_zoom) + "; needs at least 1 (no zoom)");
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
  return {data_of(lists, options, normalisation, listing.classes, listing.outputs), task};
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
