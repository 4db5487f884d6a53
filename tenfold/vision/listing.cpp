#include "tenfold/vision/listing.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/data/splits.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

ImagePart part_of(const ImagePart& all, const std::vector<int64_t>& items) {
  ImagePart part{.pixels = nullptr, .height = all.height, .width = all.width};
  auto pixels = all.pixels ? std::make_shared<std::vector<uint8_t>>() : nullptr;
  const auto area = static_cast<size_t>(all.height * all.width);
  if (pixels) pixels->reserve(items.size() * area);
  for (const int64_t item : items) {
    const auto k = static_cast<size_t>(item);
    if (!all.paths.empty()) part.paths.push_back(all.paths[k]);
    part.names.push_back(all.names[k]);
    if (!all.label.empty()) part.label.push_back(all.label[k]);
    if (!all.values.empty()) part.values.push_back(all.values[k]);
    if (!pixels) continue;
    const auto from = all.pixels->begin() + static_cast<long>(k * area);
    pixels->insert(pixels->end(), from, from + static_cast<long>(area));
  }
  part.pixels = pixels;
  return part;
}

bool looks_like_image(const fs::path& path) {
  static constexpr std::array<std::string_view, 6> kEndings = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return path.filename().string()[0] != '.' && std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace

std::vector<std::string> image_files(const std::string& path) {
  if (fs::is_regular_file(path)) return {path};
  if (!fs::is_directory(path)) throw DataError(path, 0, "is not there; check the name");
  std::vector<std::string> files;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(path, fs::directory_options::follow_directory_symlink))
      if (looks_like_image(entry.path()) && entry.is_regular_file()) files.push_back(entry.path().string());
  } catch (const fs::filesystem_error& error) {
    throw FileError(error.path1().string(), "cannot be read (" + error.code().message() + "); check its permissions");
  }
  std::sort(files.begin(), files.end());
  return files;
}

nn::TaskKind task_of_classes(const DataOptions& options, const std::string& source) {
  if (options.task == "auto") return nn::TaskKind::single_label;
  const auto kind = nn::task_named(options.task, "data.task");
  if (kind == nn::TaskKind::single_label || kind == nn::TaskKind::ordinal) return kind;
  throw ConfigError("data.task",
                    "is \"" + options.task + "\", but " + source +
                        " give one class an image: auto, single_label or ordinal; multi_label and regression "
                        "need a table (--csv)");
}

void split_train(Listing& listing, const DataOptions& options, uint64_t seed) {
  const int64_t n = listing.train.size();
  if (n < 2) {
    const auto& path = options.csv.empty() ? options.path : options.csv;
    listing.problems.push_back({path, 0,
                                "has " + std::to_string(n) + " labelled image(s) that can be used; training and " +
                                    "validation need two at least"});
    return;
  }
  const bool by_label = options.stratify && !listing.train.label.empty();
  const Parts parts = by_label ? split_by_label(listing.train.label, options.valid_share, seed)
                               : split_at_random(n, options.valid_share, seed);
  const ImagePart all = std::move(listing.train);
  listing.train = part_of(all, parts.train);
  listing.valid = part_of(all, parts.valid);
  listing.split_by_seed = true;
}

Listing list_images(const DataOptions& options, uint64_t seed) {
  if (options.path.empty() && options.csv.empty())
    throw ConfigError("data.path", "is not set; name the folder of images (--images FOLDER)");
  if (!options.csv.empty()) return list_csv(options, seed);
  if (!fs::is_directory(options.path))
    throw DataError(options.path, 0, "is no folder; name a folder of images, or a table with --csv");
  if (!idx_file(options.path, "train-images-idx3-ubyte").empty()) return list_idx(options, seed);
  return list_folders(options, seed);
}

}  // namespace tenfold::vision
