#pragma once
// What a dropout leaves out, decided element by element from bits that a step, a layer and a place determine.
// Torch-free.

#include <cstdint>

namespace tenfold::nn {

struct Drops {
  uint32_t below = 0;      ///< share that is left out, times 2^32; 0: none
  float kept = 1;          ///< what the others are multiplied by
  uint32_t words[2] = {};  ///< stand for the step and the layer
};

}  // namespace tenfold::nn
