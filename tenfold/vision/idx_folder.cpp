// A folder of idx files as the MNIST family has them: train-images, train-labels, and t10k- for the test set.

#include <algorithm>
#include <array>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/data/idx.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

ImagePart part(const std::string& folder, const std::string& stem) {
  const std::string images_path = idx_file(folder, stem + "-images-idx3-ubyte");
  const std::string labels_path = idx_file(folder, stem + "-labels-idx1-ubyte");
  if (labels_path.empty())
    throw DataError(images_path, 0, "has no " + stem + "-labels-idx1-ubyte beside it; add the labels' file");
  Idx images = read_idx(images_path), labels = read_idx(labels_path);
  if (images.shape.size() != 3 || images.values.empty())
    throw DataError(images_path, 0,
                    "has " + std::to_string(images.shape.size()) + " dimensions; needs images x height x width");
  if (labels.shape.size() != 1 || labels.shape[0] != images.shape[0])
    throw DataError(labels_path, 0,
                    "has " + std::to_string(labels.values.size()) + " labels for " + std::to_string(images.shape[0]) +
                        " pictures; the files are of different sets");
  ImagePart out{.pixels = std::make_shared<const std::vector<uint8_t>>(std::move(images.values)),
                .height = images.shape[1],
                .width = images.shape[2]};
  for (size_t k = 0; k < labels.values.size(); ++k) {
    out.names.push_back(stem + "/" + std::to_string(k));
    out.label.push_back(labels.values[k]);
  }
  return out;
}

/// idx labels are numbers; a file classes.txt beside them, a name a line, says what they mean.
std::vector<std::string> class_names(const std::string& folder, size_t count) {
  const auto path = fs::path(folder) / "classes.txt";
  std::vector<std::string> names;
  if (fs::is_regular_file(path)) {
    const std::string text = read_file(path);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      if (end > begin) names.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    if (names.size() != count)
      throw DataError(path.string(), 0,
                      "names " + std::to_string(names.size()) + " classes, the labels have " + std::to_string(count) +
                          "; one name a line is needed");
    return names;
  }
  for (size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

}  // namespace

std::string idx_file(const std::string& folder, const std::string& stem) {
  for (const char* ending : {"", ".gz"})
    if (const auto path = fs::path(folder) / (stem + ending); fs::is_regular_file(path)) return path.string();
  return {};
}

Listing list_idx(const DataOptions& options, uint64_t seed) {
  Listing listing;
  listing.layout = "idx files";
  listing.kind = task_of_classes(options, "idx files");
  listing.train = part(options.path, "train");
  if (!idx_file(options.path, "t10k-images-idx3-ubyte").empty()) listing.test = part(options.path, "t10k");
  int64_t largest = 0;
  for (const auto* labelled : {&listing.train, &listing.test})
    for (const int64_t label : labelled->label) largest = std::max(largest, label);
  listing.classes = class_names(options.path, static_cast<size_t>(largest) + 1);
  if (listing.classes.size() < 2)
    listing.problems.push_back(
        {options.path, 0, "has one class only ('" + listing.classes[0] + "'); a classifier needs two or more"});
  split_train(listing, options, seed);
  return listing;
}

}  // namespace tenfold::vision
