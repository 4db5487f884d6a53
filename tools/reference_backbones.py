#!/usr/bin/env python3
"""Reference numbers of tests/parity/backbone_test.cpp and tests/parity/photos_test.cpp: the published networks of torchvision and
efficientnet_lite_pytorch with weights and images made by a formula, and EfficientNet-Lite0 with its published weights on photos.

    python tools/reference_backbones.py formula
    python tools/reference_backbones.py photos FOLDER_OF_PHOTOS efficientnet-lite0-57934424.pth
"""
import os
import sys

import numpy as np
import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image

torch.set_num_threads(1)


def fnv1a(name):
    number = 2166136261
    for byte in name.encode():
        number = (number ^ byte) * 16777619 % 2**32
    return number


def noise(name, count):
    """Values in [-1, 1) of the tensor's name and the element's index: 24 bits of a multiplicative hash."""
    index = np.arange(count, dtype=np.uint64)
    mixed = (index * 2654435761 + fnv1a(name)) % 2**32
    mixed = (mixed ^ (mixed >> 15)) * 2246822519 % 2**32
    mixed = mixed ^ (mixed >> 13)
    return (mixed >> 8).astype(np.float64) / 2**23 - 1


def value(name, shape):
    count = int(np.prod(shape, dtype=np.int64))
    x = noise(name, count)
    if name.endswith("running_var"):
        x = 1 + 0.5 * x
    elif name.endswith("running_mean") or name.endswith("bias"):
        x = 0.1 * x
    elif len(shape) == 1:
        x = 1 + 0.25 * x
    else:
        x = x * np.sqrt(3 * 2 / np.prod(shape[1:]))
    return torch.from_numpy(x.astype(np.float32)).view(shape)


def formula_network(network):
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(value(name, tuple(tensor.shape)))
    return network


def images(size):
    return torch.from_numpy(noise("image", 2 * 3 * size * size).astype(np.float32)).view(2, 3, size, size)


def numbers(values):
    return ", ".join(f"{float(v):.7g}" for v in values)


def gradients(network, x, names):
    """Of the sum of logits times noise."""
    network.zero_grad()
    logits = network(x)
    (logits * torch.from_numpy(noise("loss", 2000)).view(2, 1000)).sum().backward()
    parameters = dict(network.named_parameters())
    return logits.detach(), [parameters[name].grad.norm() for name in names]


def report(name, network, names, norm):
    """In float64: logits and gradient norms in evaluation and in training mode (dropout and stochastic depth off), then what training
    made of the first norm's running variance."""
    network = formula_network(network).double()
    x = images(SIZE).double()
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0
    if hasattr(network, "_global_params"):
        network._global_params = network._global_params._replace(drop_connect_rate=0)
    print(f'      {{"{name}",\n       {{{", ".join(chr(34) + n + chr(34) for n in names)}}},')
    for training in False, True:
        logits, norms = gradients(network.train(training), x, names)
        print(f"       {{{float(logits.norm()):.8g}, {{{numbers(logits[0, :3])}, {numbers(logits[1, 997:])}}}, {{{numbers(norms)}}}}},")
    print(f'       "{norm}", {{{numbers(dict(network.named_buffers())[norm][:3])}}}}},')


SIZE = 65  # odd, so that SAME padding is uneven


def formula():
    for depth, last in (("18", "layer4.1.conv2.weight"), ("34", "layer4.2.conv2.weight"), ("50", "layer4.2.conv3.weight")):
        report("resnet" + depth, getattr(torchvision.models, "resnet" + depth)(),
               ["conv1.weight", "layer2.0.downsample.0.weight", last, "fc.weight"], "bn1.running_var")
    for number in range(3):
        # The package pads for one size, given here; SAME at that size is what TensorFlow does.
        report(f"efficientnet_lite{number}", EfficientNet.from_name(f"efficientnet-lite{number}", image_size=SIZE),
               ["_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_conv_head.weight", "_fc.weight"], "_bn0.running_var")


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


if sys.argv[1] == "formula":
    formula()
else:
    photos(sys.argv[2], sys.argv[3])
