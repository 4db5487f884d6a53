#pragma once
// Options of image data and image models, torch-free.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::vision {

/// Presets of augmentation; vision/transforms.h says what each does.
enum class Augment { none, basic, side_on, top_down, modern, small };
constexpr auto names(Augment) {
  return std::to_array<std::pair<Augment, std::string_view>>({{Augment::none, "none"},
                                                              {Augment::basic, "basic"},
                                                              {Augment::side_on, "side_on"},
                                                              {Augment::top_down, "top_down"},
                                                              {Augment::modern, "modern"},
                                                              {Augment::small, "small"}});
}

/// How an image becomes a square. crop: short side to size, then a random (training) or centre square. squish: stretch.
/// pad: fit and pad by reflection. random_area: a random part of 35-100 % of the area (training), centre (plain).
enum class Resize { crop, squish, pad, random_area };
constexpr auto names(Resize) {
  return std::to_array<std::pair<Resize, std::string_view>>(
      {{Resize::crop, "crop"}, {Resize::squish, "squish"}, {Resize::pad, "pad"}, {Resize::random_area, "random_area"}});
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
        "small for 28 to 64 pixels, modern is fastai 2.x's set, basic and none for figures that must not be mirrored");
  visit("resize", o.resize,
        "how an image becomes a square: crop keeps proportions and loses borders, squish keeps borders, pad keeps "
        "both, random_area crops a random part while training");
  visit("max_zoom", o.max_zoom, "largest random zoom; 1 is off");
}

struct ModelOptions {
  std::string backbone = "auto";
  std::string weights = "none";
  std::vector<double> dropout = {0.25, 0.5};
  std::vector<int64_t> hidden = {512};
  std::string pool = "auto";
  bool legacy_head = false;
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
}

}  // namespace tenfold::vision
