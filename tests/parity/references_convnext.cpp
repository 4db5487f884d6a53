// Of tools/reference_backbones.py formula convnext.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> convnext_references() {
  return {{"convnext_tiny",
           {"features.0.0.weight", "features.1.1.block.0.weight", "features.3.2.layer_scale", "features.4.0.weight",
            "features.5.7.block.2.bias", "features.7.2.block.5.weight", "classifier.0.weight", "classifier.2.weight"},
           {64.554623,
            {-3.025617, 2.359961, 3.047583, 0.8108316, -2.19408, 0.1632241},
            {170.1223, 105.9157, 12.47009, 30.66115, 11.9032, 782.6227, 37.10337, 733.4091}},
           {64.554623,
            {-3.025617, 2.359961, 3.047583, 0.8108316, -2.19408, 0.1632241},
            {170.1223, 105.9157, 12.47009, 30.66115, 11.9032, 782.6227, 37.10337, 733.4091}},
           "",
           {}},
          {"convnext_small",
           {"features.0.0.weight", "features.1.1.block.0.weight", "features.3.2.layer_scale", "features.4.0.weight",
            "features.5.7.block.2.bias", "features.7.2.block.5.weight", "classifier.0.weight", "classifier.2.weight"},
           {65.809072,
            {-3.310273, 0.582515, 1.47009, -0.5173403, -2.871648, -1.547582},
            {186.8653, 120.0839, 12.65736, 29.5656, 12.67179, 831.5263, 36.80414, 726.1734}},
           {65.809072,
            {-3.310273, 0.582515, 1.47009, -0.5173403, -2.871648, -1.547582},
            {186.8653, 120.0839, 12.65736, 29.5656, 12.67179, 831.5263, 36.80414, 726.1734}},
           "",
           {},
           65,
           Part::network,
           Precisions::fp32}};
}

}  // namespace tenfold::parity
