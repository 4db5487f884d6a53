#pragma once
// Options of image data and image models, torch-free.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::vision {

/// Presets of augmentation; vision/augment.h says what each does.
enum class Augment { none, basic, side_on, top_down, modern, modern_top_down, small };
constexpr auto names(Augment) {
  return std::to_array<std::pair<Augment, std::string_view>>({{Augment::none, "none"},
                                                              {Augment::basic, "basic"},
                                                              {Augment::side_on, "side_on"},
                                                              {Augment::top_down, "top_down"},
                                                              {Augment::modern, "modern"},
                                                              {Augment::modern_top_down, "modern_top_down"},
                                                              {Augment::small, "small"}});
}

/// How an image becomes a square, in training and plainly; vision/item.h says it exactly. fastai 0.7: crop (RANDOM),
/// center (CENTER), squish (NO), googlenet (GOOGLENET). 2.x: crop (Resize), squish, pad, resized_crop
/// (RandomResizedCrop).
enum class Resize { crop, squish, pad, random_area, center, googlenet, resized_crop };
constexpr auto names(Resize) {
  return std::to_array<std::pair<Resize, std::string_view>>({{Resize::crop, "crop"},
                                                             {Resize::squish, "squish"},
                                                             {Resize::pad, "pad"},
                                                             {Resize::random_area, "random_area"},
                                                             {Resize::center, "center"},
                                                             {Resize::googlenet, "googlenet"},
                                                             {Resize::resized_crop, "resized_crop"}});
}

/// Pixel operations drawn for each image; vision/policy.h says which and how strong.
enum class Policy { none, rand_augment, trivial_augment };
constexpr auto names(Policy) {
  return std::to_array<std::pair<Policy, std::string_view>>(
      {{Policy::none, "none"}, {Policy::rand_augment, "rand_augment"}, {Policy::trivial_augment, "trivial_augment"}});
}

struct DataOptions {
  std::string path;
  std::string csv;
  std::string file_column;
  std::vector<std::string> label_columns{};
  std::string label_delimiter = " ";
  std::string task = "auto";
  double valid_share = 0.2;
  bool stratify = true;
  int64_t size = 224;
  Augment augment = Augment::side_on;
  Resize resize = Resize::crop;
  double max_zoom = 1.1;
  double strength = 1;
  double min_area = 0.35;
  double presize = 1;
  double presize_area = 0.75;
  Policy policy = Policy::none;
  int policy_operations = 2;
  int policy_magnitude = 9;
  double erase = 0;
  double erase_area = 0.3;
  int erase_boxes = 1;
  double cutout = 0;
  int cutout_holes = 1;
};

template <class Visitor>
void fields(Visitor&& visit, DataOptions& o) {
  visit("path", o.path,
        "folder of images: train/CLASS, valid/CLASS and test, or CLASS folders alone; with csv, what its files are "
        "relative to. A folder of idx files (MNIST family) too");
  visit("csv", o.csv, "table with a file name and label(s) a row, instead of class folders");
  visit("file_column", o.file_column, "column with the file name; empty takes the first column");
  visit("label_columns", o.label_columns, "column(s) with the label(s); empty takes the second column");
  visit("label_delimiter", o.label_delimiter,
        "separates labels in one column; several labels in any row make the task multi-label");
  visit("task", o.task, "auto, single_label, multi_label, regression or ordinal; auto goes by the labels");
  visit("valid_share", o.valid_share,
        "share kept for validation where the data has no valid folder; more measures better and trains on less");
  visit("stratify", o.stratify, "keep the classes' shares in the split; off splits at random by the seed");
  visit("size", o.size, "pixels a side that the network sees; more shows more and costs its square");
  visit("augment", o.augment,
        "random changes that keep the label: side_on for photographs, top_down for satellite or microscope images, "
        "small for 28 to 64 pixels, modern (and modern_top_down) is fastai 2.x's set with perspective and stronger "
        "light, basic and none for figures that must not be mirrored");
  visit(
      "resize", o.resize,
      "how an image becomes a square: crop keeps proportions and loses borders (center: the same ones always), squish "
      "keeps borders, pad keeps both; while training, random_area, googlenet (fastai 0.7, 8 to 100 %) and resized_crop "
      "(fastai 2.x) show a random part, which fits long training of large sets");
  visit("max_zoom", o.max_zoom, "largest random zoom; 1 is off");
  visit("strength", o.strength,
        "multiplies the preset's rotation, light and perspective; less for pictures of things that stand upright, 0 "
        "leaves mirrors and zoom");
  visit("min_area", o.min_area,
        "random_area, resized_crop: least share of the image in a view; 0.08 is ImageNet's custom for 90 epochs, short "
        "training on few images wants 0.35 or more, so that the object stays in the picture");
  visit("presize", o.presize,
        "in training, files are brought to this many times the size (2 for fastai's 460 to 224); turn, zoom, "
        "perspective and crop to the size are then one interpolation of that, with fewer invented borders. Costs "
        "reading time; 1 is off");
  visit("presize_area", o.presize_area, "presize: least share of the larger square in a view; 1 shows all of it");
  visit(
      "policy", o.policy,
      "pixel operations drawn for each image: trivial_augment (one, of any strength: nothing to tune) or rand_augment "
      "(several, of one strength); for long training, they hurt short");
  visit("policy_operations", o.policy_operations, "rand_augment: operations an image, one after the other");
  visit("policy_magnitude", o.policy_magnitude, "rand_augment: strength, 0 to 30; larger networks bear more");
  visit("erase", o.erase, "chance that a rectangle is filled with noise (random erasing); 0 is off, 0.25 to 0.5 usual");
  visit("erase_area", o.erase_area, "erase: largest share of the image in a rectangle");
  visit("erase_boxes", o.erase_boxes, "erase: most rectangles an image, which share that area");
  visit("cutout", o.cutout,
        "a square of this share of the side is blanked with the mean colour in every training view; 0 is off, 0.25 to "
        "0.5 usual. Makes the network look at more than one part");
  visit("cutout_holes", o.cutout_holes, "cutout: squares an image");
}

struct ModelOptions {
  std::string backbone = "auto";
  std::string weights = "none";
  std::vector<double> dropout = {0.25, 0.5};
  std::vector<int64_t> hidden = {512};
  std::string pool = "auto";
  bool legacy_head = false;
  std::optional<double> drop_path{};
};

template <class Visitor>
void fields(Visitor&& visit, ModelOptions& o) {
  visit("backbone", o.backbone,
        "network; `tenfold models` lists them. auto: efficientnet_lite0 with weights, small_resnet for images up to 64 "
        "pixels, else resnet18");
  visit("weights", o.weights,
        "none trains from random weights; pretrained takes the published ones from the model folder; or a file "
        "(.safetensors, .pth)");
  visit("dropout", o.dropout,
        "dropout before each linear layer of the head; one value is halved for hidden layers. More regularises small "
        "data");
  visit("hidden", o.hidden, "hidden widths of the head; empty is one linear layer");
  visit("pool", o.pool, "concat (maximum and mean: fast.ai's head), mean, or auto: mean for small_resnet, else concat");
  visit("legacy_head", o.legacy_head, "head as in fastai 0.7: biases in linears, norm bias 0");
  visit(
      "drop_path", o.drop_path,
      "stochastic depth: chance that the last block is left out for an item in training, less for earlier ones, 0 for "
      "the first. More regularises long training; else the network's published rate (0.1 to 0.5 for convnext, 0.2 for "
      "efficientnet_b, 0 for the others)");
}

}  // namespace tenfold::vision
