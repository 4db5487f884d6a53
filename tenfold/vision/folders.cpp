// Class folders: train/CLASS and valid/CLASS (or val, validation), with test; or CLASS folders alone.

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKnownEndings = "(.jpg, .png, .webp, .bmp, .gif)";

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && entry.path().filename().string()[0] != '.') names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string below(const fs::path& path, const fs::path& root) { return path.lexically_relative(root).string(); }

/// Images of `folder`/CLASS for each class; empty class folders become problems.
ImagePart labelled(Listing& listing, const fs::path& root, const fs::path& folder, const std::map<std::string, int64_t>& number) {
  ImagePart part;
  for (const auto& name : folders_in(folder)) {
    const auto files = image_files((folder / name).string());
    if (files.empty()) {
      listing.problems.push_back({(folder / name).string(), 0, std::string("is a class folder without an image; put images ") + kKnownEndings + " into it or remove it"});
      continue;
    }
    const auto known = number.find(name);
    if (known == number.end()) {
      listing.problems.push_back({(folder / name).string(), 0, "is a class that train lacks; add training images of it, or remove the folder"});
      continue;
    }
    for (const auto& file : files) {
      part.paths.push_back(file);
      part.names.push_back(below(file, root));
      part.label.push_back(known->second);
    }
  }
  return part;
}

void test_part(Listing& listing, const fs::path& root, const std::map<std::string, int64_t>& number) {
  const fs::path folder = root / "test";
  if (!fs::is_directory(folder)) return;
  const auto names = folders_in(folder);
  const bool classes = !names.empty() && std::all_of(names.begin(), names.end(), [&](const auto& name) { return number.contains(name); });
  if (classes) {
    listing.test = labelled(listing, root, folder, number);
    return;
  }
  for (const auto& file : image_files(folder.string())) {
    listing.test.paths.push_back(file);
    listing.test.names.push_back(below(file, root));
  }
}

}  // namespace

Listing list_folders(const DataOptions& options, uint64_t seed) {
  if (options.task != "auto" && options.task != "single_label" && options.task != "ordinal")
    throw ConfigError("data.task", "is \"" + options.task + "\", but class folders give one class an image; multi_label and regression need a table (--csv)");
  const fs::path root = options.path;
  Listing listing;
  listing.kind = options.task == "ordinal" ? nn::TaskKind::ordinal : nn::TaskKind::single_label;
  std::string held;
  for (const char* name : {"valid", "val", "validation"})
    if (held.empty() && fs::is_directory(root / name)) held = name;
  const bool parts = fs::is_directory(root / "train");
  listing.layout = !parts ? "class folders" : held.empty() ? "train folder" : "train/valid folders";

  const fs::path train = parts ? root / "train" : root;
  std::map<std::string, int64_t> number;
  for (const auto& name : folders_in(train))
    if (parts || name != "test") {
      number.emplace(name, static_cast<int64_t>(number.size()));
      listing.classes.push_back(name);
    }
  if (listing.classes.empty()) {
    const bool flat = !image_files(train.string()).empty();
    throw DataError(train.string(), 0, flat ? "has images but no class folders; put each class into a folder of its own, or name a table of labels with --csv"
                                            : std::string("holds no images ") + kKnownEndings + "; expected train/CLASS and valid/CLASS, or CLASS folders");
  }
  if (parts) {
    listing.train = labelled(listing, root, train, number);
  } else {
    for (const auto& name : listing.classes) {
      const auto files = image_files((root / name).string());
      if (files.empty()) listing.problems.push_back({(root / name).string(), 0, std::string("is a class folder without an image; put images ") + kKnownEndings + " into it or remove it"});
      for (const auto& file : files) {
        listing.train.paths.push_back(file);
        listing.train.names.push_back(below(file, root));
        listing.train.label.push_back(number.at(name));
      }
    }
  }
  if (listing.classes.size() == 1)
    listing.problems.push_back({train.string(), 0, "has one class only ('" + listing.classes[0] + "'); a classifier needs two or more"});
  if (!held.empty() && parts) {
    listing.valid = labelled(listing, root, root / held, number);
    if (listing.valid.size() == 0) listing.problems.push_back({(root / held).string(), 0, "has no labelled image; put some into it, or remove the folder and a share of train validates"});
  } else {
    split_train(listing, options, seed);
  }
  test_part(listing, root, number);
  return listing;
}

}  // namespace tenfold::vision
