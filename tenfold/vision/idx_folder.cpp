// A folder of idx files as the MNIST family has them: train-images, train-labels, and t10k- for the test set.

#include <algorithm>
#include <array>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/data/idx.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

/// Class names of Fashion-MNIST (Xiao et al. 2017, table 2). The files carry numbers only; a folder called so gets the names.
constexpr std::array<const char*, 10> kFashion = {"t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};

ImagePart part(const std::string& folder, const std::string& stem) {
  const std::string images_path = idx_file(folder, stem + "-images-idx3-ubyte"), labels_path = idx_file(folder, stem + "-labels-idx1-ubyte");
  if (labels_path.empty()) throw DataError(images_path, 0, "has no " + stem + "-labels-idx1-ubyte beside it; add the labels' file");
  Idx images = read_idx(images_path), labels = read_idx(labels_path);
  if (images.shape.size() != 3 || labels.shape.size() != 1)
    throw DataError(images_path, 0, "is not a stack of grey pictures with one label each");
  if (images.shape[0] != labels.shape[0])
    throw DataError(labels_path, 0, "has " + std::to_string(labels.shape[0]) + " labels for " + std::to_string(images.shape[0]) + " pictures; the files are of different sets");
  ImagePart out{.pixels = std::make_shared<const std::vector<uint8_t>>(std::move(images.values)), .height = images.shape[1], .width = images.shape[2]};
  for (int64_t k = 0; k < labels.shape[0]; ++k) {
    out.names.push_back(stem + "/" + std::to_string(k));
    out.label.push_back(labels.values[static_cast<size_t>(k)]);
  }
  return out;
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
  listing.train = part(options.path, "train");
  const int64_t classes = 1 + *std::max_element(listing.train.label.begin(), listing.train.label.end());
  const bool fashion = fs::absolute(options.path).lexically_normal().string().find("fashion") != std::string::npos && classes == 10;
  for (int64_t k = 0; k < classes; ++k) listing.classes.push_back(fashion ? kFashion[static_cast<size_t>(k)] : std::to_string(k));
  split_train(listing, options, seed);
  if (!idx_file(options.path, "t10k-images-idx3-ubyte").empty()) listing.test = part(options.path, "t10k");
  return listing;
}

}  // namespace tenfold::vision
