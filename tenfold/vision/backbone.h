#pragma once
// What a backbone is, and the table of those there are. A family is one file in vision/backbones/; a variant is one row.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

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

/// Facts of a variant, torch-free in content; `make` builds it.
struct BackboneRow {
  std::string name;                    ///< "resnet34"
  std::string family;
  std::string summary;
  double million_parameters = 0;       ///< without classifier
  double top1 = 0;                     ///< published ImageNet accuracy in %, 0 where there are no published weights
  int64_t size = 224;                  ///< default image size
  int64_t min_size = 32;
  Normalisation normalisation{};
  std::vector<std::string> classifier; ///< prefixes of the published classifier's parameters: "fc.", "_fc."
  std::string licence, source;         ///< of the published weights
  std::string file;                    ///< usual file name of the published weights
  std::shared_ptr<Backbone> (*make)(uint64_t seed) = nullptr;
  /// With its published classifier, [N, 3, H, W] → [N, 1000]; null where there is none. For parity and zero-shot naming.
  std::shared_ptr<torch::nn::Module> (*make_classifier)() = nullptr;
};

const std::vector<BackboneRow>& backbones();
/// Throws ConfigError("model.backbone", …) naming the nearest.
const BackboneRow& backbone(const std::string& name);

}  // namespace tenfold::vision
