#pragma once
// Where the published weights of a backbone are: one rule a publisher, not a URL a row.

#include <string>

#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

struct Published {
  std::string url;     ///< empty where the publisher has no file of its own on the web
  std::string sha256;  ///< 64 digits, or the first 8, or empty where the publisher names none
};

/// From the row's `source` and `file`:
///   "torchvision, IMAGENET1K_V1", "resnet18-f37072fd.pth": torchvision's server has it under the file's name, which
///     ends in the first digits of its SHA-256;
///   "timm, vit_small_patch16_224.augreg_in1k", "vit_small_patch16_224.augreg_in1k.safetensors": model.safetensors in
///     timm's repository of that name on its public hub;
///   others have no URL; the digits count where the file's name ends in some.
/// A `base` (a mirror, TENFOLD_MODELS_URL) has every file under its own name.
Published published(const BackboneRow& row, const std::string& base = "");

}  // namespace tenfold::vision
