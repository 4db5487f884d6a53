#pragma once
// The families, one file each. A new one is a file here, a line below, and its name in backbone.cpp.

#include <vector>

#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

std::vector<BackboneRow> small_resnets();
std::vector<BackboneRow> resnets();
std::vector<BackboneRow> vggs();
std::vector<BackboneRow> densenets();
std::vector<BackboneRow> inception_v3s();
std::vector<BackboneRow> inception_v4s();
std::vector<BackboneRow> efficientnet_lites();
std::vector<BackboneRow> mobilenets();
std::vector<BackboneRow> efficientnets();
std::vector<BackboneRow> convnexts();
std::vector<BackboneRow> vision_transformers();

/// The usual top: mean of each channel, one linear layer registered as `name`.
Top mean_linear(torch::nn::Module& network, const std::string& name, int64_t channels, int64_t outputs);

}  // namespace tenfold::vision
