// Of tools/reference_backbones.py formula densenet.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> densenet_references() {
  return {{"densenet121",
           {"features.conv0.weight", "features.denseblock2.denselayer12.conv2.weight",
            "features.transition3.norm.weight", "features.denseblock4.denselayer1.conv1.weight", "classifier.weight"},
           {83.590753,
            {-5.388581, 0.2896661, 0.9844493, -0.2130649, -3.511651, -0.929721},
            {32.55655, 145.0123, 40.08426, 81.05193, 1080.94}},
           {29.598131,
            {0.3002378, -0.2423086, -0.04777621, -0.05474571, -0.4902987, -0.1575405},
            {3051.317, 411.2089, 20.37805, 71.71903, 388.4256}},
           "features.norm0.running_var",
           {1.080548, 1.277777, 0.5276171}},
          {"densenet161",
           {"features.conv0.weight", "features.denseblock2.denselayer12.conv2.weight",
            "features.transition3.norm.weight", "features.denseblock4.denselayer1.conv1.weight", "classifier.weight"},
           {100.01675,
            {-2.08559, 0.1134271, 5.288513, 1.797058, 1.473946, -0.7827478},
            {29.19507, 304.918, 60.66843, 130.4904, 1964.294}},
           {29.248409,
            {0.03841972, -0.4572984, 0.5255709, 0.8133486, 0.583014, -0.003887469},
            {3205.642, 542.1235, 21.32227, 118.4318, 570.8909}},
           "features.norm0.running_var",
           {1.080548, 1.277777, 0.5276171}}};
}

}  // namespace tenfold::parity
