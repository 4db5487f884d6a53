// Of tools/reference_backbones.py formula vision_transformer.

#include "references.h"

namespace tenfold::parity {

std::vector<Reference> vision_transformer_references() {
  return {{"vit_small_patch16_224",
           {"cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.1.attn.qkv.weight", "blocks.4.norm1.weight",
            "blocks.11.mlp.fc2.bias", "norm.weight", "head.weight"},
           {61.153869,
            {-0.8245129, -2.038136, 1.249901, -2.521443, 0.1227254, -0.8606675},
            {464.2125, 464.8448, 1287.566, 427.8021, 16.57311, 4.823973, 37.63438, 498.5493}},
           {61.153869,
            {-0.8245129, -2.038136, 1.249901, -2.521443, 0.1227254, -0.8606675},
            {464.2125, 464.8448, 1287.566, 427.8021, 16.57311, 4.823973, 37.63438, 498.5493}},
           "",
           {},
           80},
          {"vit_base_patch16_224",
           {"cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.1.attn.qkv.weight", "blocks.4.norm1.weight",
            "blocks.11.mlp.fc2.bias", "norm.weight", "head.weight"},
           {61.705646,
            {-1.513709, -0.1784945, -0.4246128, -0.03346093, -0.2994998, 1.342836},
            {614.3768, 614.8832, 1331.123, 651.7444, 15.94994, 4.831185, 35.66051, 727.5981}},
           {61.705646,
            {-1.513709, -0.1784945, -0.4246128, -0.03346093, -0.2994998, 1.342836},
            {614.3768, 614.8832, 1331.123, 651.7444, 15.94994, 4.831185, 35.66051, 727.5981}},
           "",
           {},
           80,
           Part::network,
           Precisions::fp32}};
}

}  // namespace tenfold::parity
