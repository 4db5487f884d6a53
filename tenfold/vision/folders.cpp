// Class folders: train/CLASS and valid/CLASS (or val, validation), with test; or CLASS folders alone.

#include <algorithm>
#include <filesystem>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEndings = "(.jpg, .png, .webp, .bmp, .gif)";

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && entry.path().filename().string()[0] != '.')
      names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Files below `folder` with their names below `root`, and a label where there is one.
void add(ImagePart& part, const fs::path& root, const fs::path& folder, const int64_t* label) {
  for (const auto& file : image_files(folder.string())) {
    part.paths.push_back(file);
    part.names.push_back(fs::path(file).lexically_relative(root).string());
    if (label) part.label.push_back(*label);
  }
}

/// Images of folder/CLASS for each CLASS in `classes`. A class that is not known, or without an image, is a problem.
ImagePart labelled(Listing& listing, const fs::path& root, const fs::path& folder,
                   const std::vector<std::string>& classes) {
  ImagePart part;
  for (const auto& name : classes) {
    const std::string path = (folder / name).string();
    const auto known = std::find(listing.classes.begin(), listing.classes.end(), name);
    const int64_t before = part.size(), label = known - listing.classes.begin();
    if (known == listing.classes.end()) {
      const std::string near = nearest(name, listing.classes);
      listing.problems.push_back({path, 0,
                                  "is a class that train lacks" + (near.empty() ? "" : "; nearest is '" + near + "'") +
                                      ". Rename it, add training images of it, or remove it"});
      continue;
    }
    add(part, root, path, &label);
    if (part.size() == before)
      listing.problems.push_back(
          {path, 0,
           std::string("is a class folder without an image ") + kEndings + "; put images into it, or remove it"});
  }
  return part;
}

/// Labelled where all its folders are classes; else whatever images there are, without labels.
ImagePart test_part(Listing& listing, const fs::path& root) {
  const fs::path folder = root / "test";
  ImagePart part;
  if (!fs::is_directory(folder)) return part;
  const auto names = folders_in(folder);
  const std::set<std::string> known(listing.classes.begin(), listing.classes.end());
  if (!names.empty() && std::all_of(names.begin(), names.end(), [&](const auto& name) { return known.contains(name); }))
    return labelled(listing, root, folder, names);
  add(part, root, folder, nullptr);
  return part;
}

/// What train lacks of valid is a problem; what valid lacks of train is worth a word.
void remark_unvalidated(Listing& listing) {
  const std::set<int64_t> validated(listing.valid.label.begin(), listing.valid.label.end());
  for (size_t k = 0; k < listing.classes.size(); ++k)
    if (!validated.contains(static_cast<int64_t>(k)))
      listing.remarks.push_back("class '" + listing.classes[k] +
                                "' has no validation image, so nothing is measured on it");
}

[[noreturn]] void refuse_without_classes(const fs::path& folder) {
  if (image_files(folder.string()).empty())
    throw DataError(
        folder.string(), 0,
        std::string("holds no images ") + kEndings + "; expected train/CLASS and valid/CLASS, or CLASS folders");
  throw DataError(
      folder.string(), 0,
      "has images but no class folders; put each class into a folder of its own, or name a table of labels with "
      "--csv");
}

}  // namespace

Listing list_folders(const DataOptions& options, uint64_t seed) {
  const fs::path root = options.path;
  Listing listing;
  listing.kind = task_of_classes(options, "class folders");
  std::string held;
  for (const char* name : {"valid", "val", "validation"})
    if (held.empty() && fs::is_directory(root / name)) held = name;
  const bool parts = fs::is_directory(root / "train");
  listing.layout = !parts ? "class folders" : held.empty() ? "train folder" : "train/valid folders";

  const fs::path train = parts ? root / "train" : root;
  listing.classes = folders_in(train);
  if (!parts) std::erase(listing.classes, "test");
  if (listing.classes.empty()) refuse_without_classes(train);
  if (listing.classes.size() == 1)
    listing.problems.push_back(
        {train.string(), 0, "has one class only ('" + listing.classes[0] + "'); a classifier needs two or more"});
  listing.train = labelled(listing, root, train, listing.classes);
  if (parts && !held.empty()) {
    listing.valid = labelled(listing, root, root / held, folders_in(root / held));
    if (listing.valid.size() == 0)
      listing.problems.push_back({(root / held).string(), 0,
                                  "has no labelled image; put images into class folders there, or "
                                  "remove the folder so that a share of train validates"});
  } else {
    split_train(listing, options, seed);
  }
  listing.test = test_part(listing, root);
  if (listing.valid.size() > 0) remark_unvalidated(listing);
  return listing;
}

}  // namespace tenfold::vision
