#pragma once
// What tools/reference_backbones.py formula printed of each published network, one file a publisher's family.

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace tenfold::parity {

/// Logits of 2 images: norm of all, the first three of the first image and the last three of the second; norms of the
/// gradients.
struct Mode {
  double logits_norm;
  std::vector<double> logits, gradients;
};

/// body: the mean of each channel stands for the logits, where the published classifier is too large to make it twice.
enum class Part { network, body };

/// Large networks are compared in fp32 alone, for memory and time.
enum class Precisions { fp64_and_fp32, fp32 };

struct Reference {
  std::string backbone;
  std::vector<std::string> parameters;  ///< whose gradients
  Mode evaluation, training;
  std::string statistic;  ///< what training made of a running variance, first three channels; empty without norms
  std::vector<double> running;
  int64_t size = 65;  ///< of the images: odd, so that SAME padding is uneven
  Part part = Part::network;
  Precisions precisions = Precisions::fp64_and_fp32;
  double rounding = 0;  ///< relative error of the published network's own logits in fp32, training, where it is large
};

/// Keeps a failed test's message short; GoogleTest looks for it by this name.
inline void PrintTo(const Reference& reference, std::ostream* out) { *out << reference.backbone; }

std::vector<Reference> resnet_references();
std::vector<Reference> vgg_references();
std::vector<Reference> densenet_references();
std::vector<Reference> inception_references();
std::vector<Reference> efficientnet_lite_references();
std::vector<Reference> mobilenet_references();
std::vector<Reference> efficientnet_references();
std::vector<Reference> convnext_references();
std::vector<Reference> vision_transformer_references();
/// Logits of the side branch, training mode only.
Reference side_branch_reference();

}  // namespace tenfold::parity
