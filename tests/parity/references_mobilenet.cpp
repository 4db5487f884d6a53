// Of tools/reference_backbones.py formula mobilenet.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> mobilenet_references() {
  return {{"mobilenet_v2",
           {"features.0.0.weight", "features.5.conv.1.0.weight", "features.18.0.weight", "classifier.1.weight"},
           {136.73177,
            {-0.9174874, 3.040757, 0.5207944, 0.9793416, 0.4921432, 0.2463984},
            {4532.464, 1102.934, 818.4327, 2029.618}},
           {27.674445,
            {0.1532409, 0.5830917, 0.602349, -0.3875341, 0.06926205, 0.4314673},
            {2963.817, 312.0066, 98.74134, 408.5482}},
           "features.0.1.running_var",
           {0.8483407, 1.13672, 0.7520662}},
          {"mobilenet_v3_small",
           {"features.0.0.weight", "features.4.block.2.fc1.weight", "features.12.0.weight", "classifier.3.weight"},
           {7.067808,
            {-0.07879019, -0.1366864, -0.1694814, -0.05270771, 0.04593643, -0.06069111},
            {1.626949, 0.4448316, 23.2735, 86.13846}},
           {11.346862,
            {0.2732839, -0.1884305, 0.03291466, -0.2313208, 0.1452875, 0.0220122},
            {125.0178, 7.974748, 29.83522, 141.0661}},
           "features.0.1.running_var",
           {0.8471166, 1.183189, 0.756303}},
          {"mobilenet_v3_large",
           {"features.0.0.weight", "features.13.block.2.fc2.bias", "features.16.0.weight", "classifier.3.weight"},
           {4111.6339,
            {66.07968, 52.50373, 49.73758, -48.67039, 86.57635, -79.0997},
            {19858.28, 107.4642, 16226.4, 60039.84}},
           {10.807697,
            {0.09507982, -0.1337521, -0.04290232, -0.5736914, 0.1651041, 0.1544072},
            {227.3795, 1.675323, 34.9462, 154.1266}},
           "features.0.1.running_var",
           {0.8471166, 1.183189, 0.756303},
           65,
           Part::network,
           Precisions::fp32}};
}

}  // namespace tenfold::parity
