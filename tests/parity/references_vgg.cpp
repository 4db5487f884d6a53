// Of tools/reference_backbones.py formula vgg.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> vgg_references() {
  return {
      {"vgg11",
       {"features.0.weight", "features.11.bias", "features.18.weight", "classifier.0.weight", "classifier.6.weight"},
       {108.51129,
        {-3.832341, 0.2485115, 2.582255, 1.757124, 4.178952, -4.243714},
        {126.7384, 24.06859, 2828.296, 7788.219, 2902.894}},
       {108.51129,
        {-3.832341, 0.2485115, 2.582255, 1.757124, 4.178952, -4.243714},
        {126.7384, 24.06859, 2828.296, 7788.219, 2902.894}},
       "",
       {},
       65,
       Part::network,
       Precisions::fp32},
      {"vgg16_bn",
       {"features.0.weight", "features.1.weight", "features.28.bias", "features.40.weight"},
       {88.912226,
        {3.378844, 0.8581849, 5.389545, 1.081597, 2.607822, 0.7496226},
        {57.75155, 17.06826, 8.980178, 1706.884}},
       {34.55798,
        {1.253199, 0.8651632, 0.72906, 1.143097, 1.47949, 0.8353832},
        {376.2598, 95.62857, 11.29471, 367.2843}},
       "features.1.running_var",
       {0.5327937, 0.6347477, 1.22801},
       65,
       Part::body}};
}

}  // namespace tenfold::parity
