#pragma once
// The families, one file each. A new one is a file here, a line below, and its name in backbone.cpp.

#include <vector>

#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

std::vector<BackboneRow> small_resnets();
std::vector<BackboneRow> resnets();
std::vector<BackboneRow> efficientnet_lites();

}  // namespace tenfold::vision
