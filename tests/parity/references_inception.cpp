// Of tools/reference_backbones.py formula inception.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> inception_references() {
  return {{"inception_v3",
           {"Conv2d_1a_3x3.conv.weight", "Mixed_5b.branch5x5_2.conv.weight", "Mixed_6b.branch7x7dbl_2.conv.weight",
            "Mixed_7c.branch3x3_2b.conv.weight", "fc.weight"},
           {91.15528,
            {-1.661311, -1.23942, -1.970847, 1.580365, -3.138795, 0.2429675},
            {22.76803, 214.7256, 148.0996, 502.9878, 1669.346}},
           {31.060519,
            {0.3184492, -0.3990739, 0.1121657, 1.544213, -0.9277413, -0.3770901},
            {19977.9, 11999.55, 3812.964, 108.8601, 580.4121}},
           "Conv2d_1a_3x3.bn.running_var",
           {0.7337311, 1.08587, 0.57312},
           107,
           Part::network,
           Precisions::fp64_and_fp32,
           0.0001},
          {"inception_v4",
           {"features.0.conv.weight", "features.4.branch1.1.conv.weight", "features.11.branch2.1.conv.weight",
            "features.21.branch2_3b.conv.weight", "last_linear.weight"},
           {54.799486,
            {-0.1290376, 0.5542942, 0.1877477, 0.5123244, -0.1135297, -0.4564463},
            {18.46583, 131.7611, 77.59038, 227.2542, 875.9761}},
           {33.181361,
            {-0.3287436, 0.8026306, 0.5388903, 0.2597973, -0.05722151, 0.4772378},
            {660064.1, 860675.4, 96462.94, 127.6465, 524.3256}},
           "features.0.bn.running_var",
           {0.6628476, 1.415739, 0.9514136},
           107,
           Part::network,
           Precisions::fp64_and_fp32,
           0.004}};
}

Reference side_branch_reference() {
  return {"inception_v3",
          {"Conv2d_1a_3x3.conv.weight", "Mixed_6e.branch1x1.conv.weight", "AuxLogits.conv1.conv.weight",
           "AuxLogits.fc.weight"},
          {},
          {42.851826,
           {0.3184693, -0.7615297, -2.159349, 0.9038716, -0.8011125, 1.329589},
           {20465.59, 679.9467, 2152.275, 489.9572}},
          "",
          {},
          299,
          Part::network,
          Precisions::fp32,
          0.0001};
}

}  // namespace tenfold::parity
