#pragma once
// Layers under dotted names, as nn/nest.h has them.

#include "tenfold/nn/nest.h"

namespace tenfold::vision {

using nn::nest;

}  // namespace tenfold::vision
