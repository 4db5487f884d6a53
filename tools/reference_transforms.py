"""Reference numbers of tests/vision/transforms_test.cpp and pixel_ops_test.cpp, by fastai 2.8, torch's grid_sample, Pillow
and torchvision.

Not needed to build or test. `python3 tools/reference_transforms.py` prints them.
Pictures are made by formula: value(x, y, c) = (37 x + 91 y + 53 c + 7 x y) mod 256; those of the pixel operations, 32 x 24,
are half of that plus 40, so that there is contrast to gain.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F
from fastai.vision.augment import apply_perspective, find_coeffs
from PIL import Image


def picture(width, height):
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((37 * x + 91 * y + 53 * c + 7 * x * y) % 256).astype(np.uint8)


def tilt_coefficients(x_t, y_t):
    orig = torch.tensor([[[-1, -1], [-1, 1], [1, -1], [1, 1]]], dtype=torch.double)
    targ = torch.tensor([[[-1 - y_t, -1 - x_t], [-1 + y_t, 1 + x_t], [1 + y_t, -1 + x_t], [1 - y_t, 1 - x_t]]], dtype=torch.double)
    return find_coeffs(orig, targ)


def composite(size):
    """fastai's order: flip @ rotate(7 degrees) @ zoom(1.08, u .3, v .9), then the tilt on the coordinates. -> [1, size, size, 2]"""
    angle = math.radians(7)
    flip = torch.tensor([[-1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=torch.double)
    rotate = torch.tensor([[math.cos(angle), math.sin(angle), 0], [-math.sin(angle), math.cos(angle), 0], [0, 0, 1]], dtype=torch.double)
    s = 1 / 1.08
    zoom = torch.tensor([[s, 0, (1 - s) * (2 * .3 - 1)], [0, s, (1 - s) * (2 * .9 - 1)], [0, 0, 1]], dtype=torch.double)
    matrix = flip @ rotate @ zoom
    grid = F.affine_grid(matrix[None, :2], (1, 3, size, size), align_corners=True)
    return apply_perspective(grid, tilt_coefficients(.15, -.1))


def row(values, digits):
    return "{" + ", ".join(f"{v:.{digits}f}" if digits else str(int(v)) for v in values) + "}"


OPERATIONS = [
    ("shear_x", "ShearX", .3), ("shear_x", "ShearX", -.21), ("shear_y", "ShearY", .27), ("translate_x", "TranslateX", 5.6),
    ("translate_y", "TranslateY", -3.2), ("rotate", "Rotate", 30.), ("rotate", "Rotate", -13.5), ("rotate", "Rotate", 90.),
    ("rotate", "Rotate", 135.), ("brightness", "Brightness", .9), ("brightness", "Brightness", -.63), ("colour", "Color", .9),
    ("colour", "Color", -.27), ("contrast", "Contrast", .63), ("contrast", "Contrast", -.9), ("sharpness", "Sharpness", .9),
    ("sharpness", "Sharpness", -.9), ("posterize", "Posterize", 4), ("posterize", "Posterize", 2), ("solarize", "Solarize", 110.5),
    ("autocontrast", "AutoContrast", 0.), ("equalize", "Equalize", 0.),
]


def pixel_operations():
    """Row 5 of channel 0 and row 20 of channel 2 after each of torchvision's operations on a Pillow image."""
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms.autoaugment import _apply_op
    image = Image.fromarray((picture(32, 24) // 2 + 40).astype(np.uint8))
    for ours, name, magnitude in OPERATIONS:
        out = np.asarray(_apply_op(image, name, magnitude, InterpolationMode.NEAREST, None))
        print(f"    {{{{PixelOp::{ours}, {magnitude}}},")
        print(f"     {row(out[5, :, 0].tolist(), 0)},")
        print(f"     {row(out[20, :, 2].tolist(), 0)}}},")


def ranges():
    """Magnitudes at step 9 and at the last step."""
    from torchvision.transforms import RandAugment, TrivialAugmentWide
    for policy in (RandAugment()._augmentation_space(31, (64, 64)), TrivialAugmentWide()._augmentation_space(31)):
        print({name: (round(float(m[9]), 6), round(float(m[30]), 6)) for name, (m, _) in policy.items() if m.ndim})


def main():
    size = 16
    grid = composite(size)
    half = (size - 1) / 2
    print("input pixel shown at output (x, y):")
    for x, y in ((0, 0), (15, 0), (0, 15), (15, 15), (5, 9)):
        print(f"  {{{x}, {y}, {', '.join(f'{(float(v) + 1) * half:.6f}' for v in grid[0, y, x])}}},")
    image = torch.tensor(picture(size, size)).permute(2, 0, 1)[None].double()
    warped = F.grid_sample(image, grid, mode="bilinear", padding_mode="reflection", align_corners=True)[0]
    print("warped, channel 1, rows 0, 7, 15:")
    for y in (0, 7, 15):
        print("  ", row(warped[1, y].tolist(), 3))

    x = torch.tensor([.2, .5, .9], dtype=torch.double)
    logit = torch.log(x / (1 - x))
    print("brightness .6:", row(torch.sigmoid(logit + math.log(.6 / .4)).tolist(), 6))
    print("contrast 1.25:", row(torch.sigmoid(1.25 * logit).tolist(), 6))

    for width, height, to in ((37, 29, 8), (5, 4, 8)):
        image = Image.fromarray(picture(width, height))
        out = np.asarray(image.resize((to, to), Image.Resampling.BILINEAR))
        print(f"Pillow {width} x {height} to {to} x {to}, channels 0 and 2:")
        for c in (0, 2):
            print("  ", row(out[:, :, c].ravel().tolist(), 0))
    pixel_operations()
    ranges()


if __name__ == "__main__":
    main()
