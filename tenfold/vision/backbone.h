#pragma once
// What a backbone is, and the table of those there are. A family is one file in vision/backbones/; a variant is one
// row.

#include <torch/nn/module.h>
#include <torch/types.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenfold/nn/init.h"
#include "tenfold/nn/model.h"

namespace tenfold::vision {

/// Pixels are (x / 255 - mean) / deviation.
struct Normalisation {
  std::array<double, 3> mean = {0.485, 0.456, 0.406};
  std::array<double, 3> deviation = {0.229, 0.224, 0.225};
};

/// A side branch that gets a linear layer and a loss of its own in training, so that early layers learn sooner.
/// Szegedy et al. 2014, arXiv 1409.4842, section 5.
struct Auxiliary {
  int64_t channels = 0;
  double weight = 0;  ///< of its loss
};

/// What a backbone gives in training. `auxiliary`: pooled features [N, C] fp32 of the side branch, undefined without
/// one.
struct TrainingMaps {
  torch::Tensor maps, auxiliary;
};

/// A network without its classifier. Parameter names are those of the published weights.
class Backbone : public torch::nn::Module {
 public:
  /// [N, 3, H, W] channels-last, fp32 or bf16 → [N, channels(), H / stride, W / stride].
  virtual torch::Tensor forward(const torch::Tensor& x) = 0;
  virtual int64_t channels() const = 0;
  /// Early and late layers, from the input; the head is not among them.
  virtual std::vector<nn::LayerGroup> groups() const = 0;

  /// Layer groups [first, last) one after the other: part(x, 0, all) is forward(x), and part(·, k, all) takes what
  /// part(x, 0, k) gives. Throws ConfigError("cut") where a network cannot be taken apart there; by default nowhere.
  virtual torch::Tensor part(const torch::Tensor& x, int first, int last);

  /// Its side branch; most networks have none.
  virtual std::optional<Auxiliary> auxiliary() const { return std::nullopt; }
  /// forward(x), and the features of the side branch on the way.
  virtual TrainingMaps forward_training(const torch::Tensor& x) { return {.maps = forward(x), .auxiliary = {}}; }
};

/// From a body's maps to logits [N, outputs] fp32.
using Top = std::function<torch::Tensor(const torch::Tensor& maps)>;
/// Registers the layers of a published classifier below `network`, under the published names, and returns what computes
/// with them. Dropout is left off.
using MakeTop = Top (*)(torch::nn::Module& network, int64_t channels, int64_t outputs);

/// A backbone with its published classifier. Parameters carry the published names.
class Classifier : public torch::nn::Module {
 public:
  /// `make_top` registers below this module.
  Classifier(std::shared_ptr<Backbone> body, const std::function<Top(torch::nn::Module& network)>& make_top);
  /// [N, 3, H, W] → [N, outputs] fp32.
  torch::Tensor forward(const torch::Tensor& x);
  void train(bool on = true) override;
  Backbone& body() { return *body_; }

 private:
  std::shared_ptr<Backbone> body_;
  Top top_;
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
  /// Layers of the published classifier, {"fc"}: its tensors are these and what is below. Empty where nothing is
  /// published.
  std::vector<std::string> classifier{};
  std::string licence{};  ///< of the published weights
  std::string source{};   ///< who publishes them, and as what: see published.h, which knows the URL
  std::string file{};     ///< usual file name; torchvision's end in the first digits of the SHA-256
  std::string sha256{};   ///< 64 digits, where they are known and the file's name has none
  /// Weights are left as their layers make them, zeros: see make().
  std::shared_ptr<Backbone> (*layers)() = nullptr;
  MakeTop top = nullptr;  ///< null: mean of each channel, then one linear layer named classifier[0]
  /// What a published tensor is called here, for files with names of another time; null where all are the same.
  std::string (*own_name)(const std::string& published) = nullptr;
  nn::Start start = nn::Start::kaiming;  ///< of random weights
  double drop_path = 0;                  ///< published rate of stochastic depth at the last block
  int64_t multiple = 1;                  ///< sizes are multiples of this

  /// With random weights, a function of the seed (nn/init.h).
  std::shared_ptr<Backbone> make(uint64_t seed) const;
  /// With its published classifier of 1000 classes, weights all zero until loaded; null where nothing is published. For
  /// parity and naming what is in a photo.
  std::shared_ptr<Classifier> make_classifier() const;

  /// True for tensors of the published classifier, by our names.
  bool is_classifier(const std::string& tensor) const;
  /// A published file's tensors under our names.
  std::map<std::string, torch::Tensor> named(std::map<std::string, torch::Tensor> published) const;
};

const std::vector<BackboneRow>& backbones();
/// Throws ConfigError("model.backbone", …) naming the nearest.
const BackboneRow& backbone(const std::string& name);

/// The variant whose published tensors these are, by names and shapes; nullptr where it is none. A classifier for other
/// classes, or none, makes no difference.
const BackboneRow* recognise(const std::map<std::string, torch::Tensor>& tensors);

}  // namespace tenfold::vision
