// Of tools/reference_backbones.py formula efficientnet.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> efficientnet_references() {
  return {{"efficientnet_b0",
           {"features.0.0.weight", "features.1.0.block.1.fc1.weight", "features.4.1.block.1.0.weight",
            "features.8.0.weight", "classifier.1.weight"},
           {6.6565784,
            {0.1043444, 0.04380695, 0.08611027, 0.03707182, -0.002344735, 0.1402871},
            {0.1339999, 0.01924762, 0.1911838, 38.59586, 88.47486}},
           {16.155026,
            {0.1495894, 0.1418568, 0.3360437, -0.5615546, 0.04182099, 0.4123724},
            {323.4051, 24.23959, 52.62107, 76.53852, 236.5954}},
           "features.0.1.running_var",
           {0.8483407, 1.13672, 0.7520662}},
          {"efficientnet_b2",
           {"features.0.0.weight", "features.1.0.block.1.fc1.weight", "features.4.1.block.1.0.weight",
            "features.8.0.weight", "classifier.1.weight"},
           {8.2474984,
            {-0.04057873, -0.2191568, 0.1731898, 0.3481403, 0.001833734, -0.1640076},
            {0.388708, 0.03939082, 0.230238, 59.35485, 121.8838}},
           {16.815353,
            {-0.07581225, 0.2025633, 0.1414803, 0.1601265, -0.04327325, 1.183158},
            {568.1677, 53.44273, 66.2057, 76.88945, 256.2101}},
           "features.0.1.running_var",
           {0.8483407, 1.13672, 0.7520662},
           65,
           Part::network,
           Precisions::fp32}};
}

}  // namespace tenfold::parity
