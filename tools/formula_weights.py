"""Weights, pictures and probes made by a formula of a name and a position, the same here and in tests/parity/formula.h: a test of
parity then needs the reference's results alone. Used by the tools/reference_*.py of networks.
"""
import numpy as np
import torch


def noise(name, count):
    """`count` values in [-1, 1), fp64: 24 bits of a multiplicative hash of the tensor's name and the element's index."""
    number = 2166136261
    for byte in name.encode():  # FNV-1a
        number = (number ^ byte) * 16777619 % 2**32
    mixed = (np.arange(count, dtype=np.uint64) * 2654435761 + number) % 2**32
    mixed = (mixed ^ (mixed >> 15)) * 2246822519 % 2**32
    mixed = mixed ^ (mixed >> 13)
    return (mixed >> 8).astype(np.float64) / 2**23 - 1


def value(name, shape):
    """A tensor of a network, fp32: variances about 1, means and biases about 0, norms about 1, weights as Kaiming has them."""
    x = noise(name, int(np.prod(shape, dtype=np.int64)))
    if name.endswith("running_var"):
        x = 1 + 0.5 * x
    elif name.endswith("running_mean") or "bias" in name:
        x = 0.1 * x
    elif len(shape) == 1:
        x = 1 + 0.25 * x
    else:
        x = x * np.sqrt(6 / np.prod(shape[1:]))
    return torch.from_numpy(x.astype(np.float32)).view(shape)


def by_formula(network):
    """Gives every parameter and statistic its formula's values; tied ones once, under their first name."""
    with torch.no_grad():
        tensors = list(network.named_parameters()) + [(n, t) for n, t in network.named_buffers() if "running" in n]
        for name, tensor in tensors:
            tensor.copy_(value(name, tuple(tensor.shape)))
    return network
