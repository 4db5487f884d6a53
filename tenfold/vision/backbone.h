#pragma once
// What a backbone is, and the table of those there are. A family is one file in vision/backbones/; a variant is one
// row.

#include <torch/nn/module.h>
#include <torch/types.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/model.h"

namespace tenfold::vision {

/// Pixels are (x / 255 - mean) / deviation.
struct Normalisation {
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> deviation = {0.229, 0.224, 0.225};
};

/// A network without its classifier. Parameter names are those of the published weights.
class Backbone : public torch::nn::Module {
 public:
  /// [N, 3, H, W] channels-last, fp32 or bf16 → [N, channels(), H / stride, W / stride].
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
  virtual int64_t channels() const = 0;
  /// Early and late layers, from the input; the head is not among them.
  virtual std::vector<nn::LayerGroup> groups() const = 0;
};

/// A backbone with its published classifier: mean of each channel, then one linear layer. Parameters carry the
/// published names: those of the backbone, and NAME.weight, NAME.bias.
class Classifier : public torch::nn::Module {
 public:
  Classifier(std::shared_ptr<Backbone> body, const std::string& name, int64_t outputs);
  /// [N, 3, H, W] → [N, outputs] fp32.
  torch::Tensor forward(const torch::Tensor& x);

 private:
  std::shared_ptr<Backbone> body_;
  nn::Linear linear_{nullptr};
};

/// Facts of a variant, torch-free in content; `make` builds it.
struct BackboneRow {
  std::string name;  ///< "resnet34"
  std::string family;
  std::string summary;
  double million_parameters = 0;  ///< without classifier
  double top1 = 0;                ///< published ImageNet accuracy in %, 0 where there are no published weights
  int64_t size = 224;             ///< default image size
  int64_t min_size = 32;
  Normalisation normalisation{};
  std::string pool = "concat";  ///< what pool "auto" stands for: concat, or mean
  std::string classifier;       ///< name of the published classifier's layer, "fc"; empty where nothing is published
  std::string licence;          ///< of the published weights
  std::string source;           ///< who publishes them, and as what: see published.h, which knows the URL
  std::string file;             ///< usual file name; torchvision's end in the first digits of the SHA-256
  std::string sha256{};         ///< 64 digits, where they are known and the file's name has none
  /// Weights are left as their layers make them, zeros: see make().
  std::shared_ptr<Backbone> (*layers)() = nullptr;

  /// With random weights, a function of the seed (nn/init.h).
  std::shared_ptr<Backbone> make(uint64_t seed) const;
  /// With its published classifier of 1000 classes, weights all zero until loaded; null where nothing is published. For
  /// parity and naming what is in a photo.
  std::shared_ptr<Classifier> make_classifier() const;
};

const std::vector<BackboneRow>& backbones();
/// Throws ConfigError("model.backbone", …) naming the nearest.
const BackboneRow& backbone(const std::string& name);

/// The variant whose published tensors these are, by names and shapes; nullptr where it is none. A classifier for other
/// classes, or none, makes no difference.
const BackboneRow* recognise(const std::map<std::string, torch::Tensor>& tensors);

}  // namespace tenfold::vision
