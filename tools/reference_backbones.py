#!/usr/bin/env python3
"""Reference numbers of tests/parity/backbone_test.cpp and tests/parity/photos_test.cpp: the published networks of torchvision, timm and
efficientnet_lite_pytorch with weights and images made by a formula, and EfficientNet-Lite0 with its published weights on photos.

    python tools/reference_backbones.py formula FAMILY
    python tools/reference_backbones.py photos FOLDER_OF_PHOTOS efficientnet-lite0-57934424.pth
"""
import os
import sys

import numpy as np
import timm
import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

from formula_weights import by_formula, noise

torch.set_num_threads(1)


def images(size):
    return torch.from_numpy(noise("image", 2 * 3 * size * size).astype(np.float32)).view(2, 3, size, size)


def numbers(values):
    return ", ".join(f"{float(v):.7g}" for v in values)


def gradients(network, x, names):
    """Of the sum of logits times noise."""
    network.zero_grad()
    logits = network(x)
    (logits * torch.from_numpy(noise("loss", logits.numel())).view(logits.shape)).sum().backward()
    parameters = dict(network.named_parameters())
    return logits.detach(), [parameters[name].grad.norm() for name in names]


class Body(torch.nn.Module):
    """The mean of each channel of the last maps, instead of the classifier's logits."""

    def __init__(self, network):
        super().__init__()
        self.features = network.features

    def forward(self, x):
        return self.features(x).mean((2, 3))


class SideBranch(torch.nn.Module):
    """The logits of Inception v3's side branch alone."""

    def __init__(self, network):
        super().__init__()
        for name, child in network.named_children():
            self.add_module(name, child)
        self.network = [network]  # hidden from state_dict

    def forward(self, x):
        return self.network[0].train()(x).aux_logits


def mode(logits, norms):
    return f"{{{float(logits.norm()):.8g}, {{{numbers(logits[0, :3])}, {numbers(logits[1, -3:])}}}, {{{numbers(norms)}}}}}"


def rounding(network, x, logits):
    """Relative error of the published network's own logits in fp32."""
    with torch.no_grad():
        return float((network.float()(x) - logits).norm() / logits.norm())


def side_branch(names):
    network = by_formula(SideBranch(torchvision.models.inception_v3(init_weights=False))).double()
    logits, norms = gradients(network, images(299).double(), names)
    print(f'  return {{"inception_v3", {{{", ".join(chr(34) + n + chr(34) for n in names)}}}, {{}}, {mode(logits, norms)}, "", {{}}, 299, '
          f'Part::network, Precisions::fp32, {rounding(network, images(299), logits):.1g}}};')


def report(name, network, names, norm="", more=""):
    """In float64: logits and gradient norms in evaluation and in training mode (dropout and stochastic depth off), then what training
    made of the first norm's running variance. `more` is what follows in the C++ row: size, part, precisions. Where the published network itself rounds by more than
    the test would allow, that comes last."""
    network = by_formula(network).double()
    x = images(int(more.split(",")[0] or SIZE)).double()
    for module in network.modules():
        if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0
    if hasattr(network, "_global_params"):
        network._global_params = network._global_params._replace(drop_connect_rate=0)
    print(f'      {{"{name}",\n       {{{", ".join(chr(34) + n + chr(34) for n in names)}}},')
    for training in False, True:
        logits, norms = gradients(network.train(training), x, names)
        print(f"       {mode(logits, norms)},")
    running = numbers(dict(network.named_buffers())[norm][:3]) if norm else ""
    own = rounding(network, x.float(), logits)
    if own > 2e-5:
        given, usual = [each for each in more.split(", ") if each], [str(SIZE), "Part::network", "Precisions::fp64_and_fp32"]
        more = ", ".join(given + usual[len(given):] + [f"{own:.1g}"])
    print(f'       "{norm}", {{{running}}}{", " + more if more else ""}}},')


SIZE = 65  # odd, so that SAME padding is uneven


LARGE = f"{SIZE}, Part::network, Precisions::fp32"


def resnet():
    for name, last, more in (("resnet18", "layer4.1.conv2.weight", ""), ("resnet34", "layer4.2.conv2.weight", ""),
                             ("resnet50", "layer4.2.conv3.weight", ""), ("resnet101", "layer4.2.conv3.weight", ""),
                             ("resnext50_32x4d", "layer4.2.conv2.weight", ""), ("resnext101_32x8d", "layer4.2.conv2.weight", LARGE),
                             ("wide_resnet50_2", "layer4.2.conv2.weight", ""), ("wide_resnet101_2", "layer4.2.conv2.weight", LARGE)):
        report(name, getattr(torchvision.models, name)(), ["conv1.weight", "layer2.0.downsample.0.weight", last, "fc.weight"],
               "bn1.running_var", more)


def vgg():
    report("vgg11", torchvision.models.vgg11(),
           ["features.0.weight", "features.11.bias", "features.18.weight", "classifier.0.weight", "classifier.6.weight"], more=LARGE)
    report("vgg16_bn", Body(torchvision.models.vgg16_bn()),
           ["features.0.weight", "features.1.weight", "features.28.bias", "features.40.weight"], "features.1.running_var",
           f"{SIZE}, Part::body")


def densenet():
    for name in "densenet121", "densenet161":
        report(name, getattr(torchvision.models, name)(),
               ["features.conv0.weight", "features.denseblock2.denselayer12.conv2.weight", "features.transition3.norm.weight",
                "features.denseblock4.denselayer1.conv1.weight", "classifier.weight"], "features.norm0.running_var")


def inception():
    size = "107"  # leaves 2 x 2 places
    # Its side branch needs larger images than these.
    network = torchvision.models.inception_v3(init_weights=False)
    network.AuxLogits, network.aux_logits = None, False
    report("inception_v3", network,
           ["Conv2d_1a_3x3.conv.weight", "Mixed_5b.branch5x5_2.conv.weight", "Mixed_6b.branch7x7dbl_2.conv.weight",
            "Mixed_7c.branch3x3_2b.conv.weight", "fc.weight"], "Conv2d_1a_3x3.bn.running_var", size)
    report("inception_v4", timm.create_model("inception_v4"),
           ["features.0.conv.weight", "features.4.branch1.1.conv.weight", "features.11.branch2.1.conv.weight",
            "features.21.branch2_3b.conv.weight", "last_linear.weight"], "features.0.bn.running_var", size)
    side_branch(["Conv2d_1a_3x3.conv.weight", "Mixed_6e.branch1x1.conv.weight", "AuxLogits.conv1.conv.weight", "AuxLogits.fc.weight"])


def efficientnet_lite():
    for number in range(3):
        # The package pads for one size, given here; SAME at that size is what TensorFlow does.
        report(f"efficientnet_lite{number}", EfficientNet.from_name(f"efficientnet-lite{number}", image_size=SIZE),
               ["_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"], "_bn0.running_var",
               LARGE if number > 0 else "")
    for number in 3, 4:
        # Momentum as in TensorFlow: timm's is that of torch, which is for training from scratch.
        report(f"efficientnet_lite{number}", timm.create_model(f"tf_efficientnet_lite{number}", bn_momentum=0.01),
               ["conv_stem.weight", "blocks.2.1.conv_dw.weight", "conv_head.weight", "classifier.weight"], "bn1.running_var", LARGE)


def mobilenet():
    for name, block, first in (("mobilenet_v2", "features.5.conv.1.0.weight", "features.0.0.weight"),
                               ("mobilenet_v3_small", "features.4.block.2.fc1.weight", "features.0.0.weight"),
                               ("mobilenet_v3_large", "features.13.block.2.fc2.bias", "features.0.0.weight")):
        network = getattr(torchvision.models, name)()
        report(name, network,
               [first, block, f"features.{len(network.features) - 1}.0.weight", f"classifier.{len(network.classifier) - 1}.weight"],
               "features.0.1.running_var", LARGE if name == "mobilenet_v3_large" else "")


def efficientnet():
    for number, more in (0, ""), (2, LARGE):
        report(f"efficientnet_b{number}", getattr(torchvision.models, f"efficientnet_b{number}")(),
               ["features.0.0.weight", "features.1.0.block.1.fc1.weight", "features.4.1.block.1.0.weight", "features.8.0.weight",
                "classifier.1.weight"], "features.0.1.running_var", more)


def convnext():
    for name, more in ("tiny", ""), ("small", LARGE):
        report("convnext_" + name, getattr(torchvision.models, "convnext_" + name)(),
               ["features.0.0.weight", "features.1.1.block.0.weight", "features.3.2.layer_scale", "features.4.0.weight",
                "features.5.7.block.2.bias", "features.7.2.block.5.weight", "classifier.0.weight", "classifier.2.weight"], more=more)


def vision_transformer():
    size = "80"  # 5 x 5 patches, so that positions are interpolated
    for name, more in ("small", size), ("base", size + ", Part::network, Precisions::fp32"):
        report(f"vit_{name}_patch16_224", timm.create_model(f"vit_{name}_patch16_224", dynamic_img_size=True),
               ["cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.1.attn.qkv.weight", "blocks.4.norm1.weight",
                "blocks.11.mlp.fc2.bias", "norm.weight", "head.weight"], more=more)


def pixels(path):
    """What the C++ test computes from a photo's pixels, exactly: the middle square, averaged over equal boxes to 224 pixels where it is
    large enough, else by repeating pixels. Integer arithmetic, so that both sides feed the same numbers."""
    image = np.asarray(Image.open(path).convert("RGB")).astype(np.int64)
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    image = image[top:top + side, left:left + side]
    edges = np.arange(225) * side // 224
    first, end = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    sums = np.zeros((side + 1, side + 1, 3), np.int64)
    sums[1:, 1:] = image.cumsum(0).cumsum(1)
    box = sums[end][:, end] - sums[first][:, end] - sums[end][:, first] + sums[first][:, first]
    area = ((end - first)[:, None] * (end - first)[None, :])[:, :, None]
    return (2 * box + area) // (2 * area)


def photos(folder, weights):
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    right = 0
    for name in sorted(name for name in os.listdir(folder) if name.endswith(".jpg")):
        image = pixels(os.path.join(folder, name))
        x = torch.from_numpy((image - 127).astype(np.float32) / 128).permute(2, 0, 1)[None]
        with torch.no_grad():
            logits = network(x)[0]
        label = int(name.split(".")[0].split("_")[-1])
        right += int(logits.argmax()) == label
        print(f'      {{"{name}", {image.sum()}, {int(logits.argmax())}, {{{numbers(logits[[0, 250, 500, 750, label]])}}}}},')
    print(f"// right: {right}")


FAMILIES = {family.__name__: family for family in (resnet, vgg, densenet, inception, efficientnet_lite, mobilenet,
                                                       efficientnet, convnext, vision_transformer)}

if sys.argv[1] == "formula":
    FAMILIES[sys.argv[2]]()
else:
    photos(sys.argv[2], sys.argv[3])
