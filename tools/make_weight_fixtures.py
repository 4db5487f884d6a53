#!/usr/bin/env python3
"""Makes tests/nn/fixtures/*.pth: small files as torch.save writes them, and hostile ones. Needs torch; never needed to build or test.

    python tools/make_weight_fixtures.py tests/nn/fixtures
"""
import collections
import os
import sys

import torch


class Call:
    """Unpickling this runs a command."""

    def __reduce__(self):
        return os.system, ("touch tenfold-was-here",)


class Beyond:
    """A tensor of 1000 values over a storage of 4."""

    def __reduce__(self):
        storage = torch.zeros(4)._typed_storage()
        return torch._utils._rebuild_tensor_v2, (storage, 0, (1000,), (1,), False, collections.OrderedDict())


class Broadcast(Beyond):
    """A tensor of 2**40 values over a storage of 4, by strides of 0."""

    def __reduce__(self):
        storage = torch.zeros(4)._typed_storage()
        return torch._utils._rebuild_tensor_v2, (storage, 0, (2**20, 2**20), (0, 0), False, collections.OrderedDict())


def network():
    """Linear and norm with the values 0, 0.5, 1, ... in order of the parameters."""
    layers = torch.nn.Sequential(collections.OrderedDict(linear=torch.nn.Linear(3, 2), norm=torch.nn.BatchNorm1d(2)))
    with torch.no_grad():
        value = 0
        for parameter in layers.parameters():
            parameter.copy_((torch.arange(value, value + parameter.numel()) / 2).view(parameter.shape))
            value += parameter.numel()
    return layers


def main(folder):
    def save(name, thing, zipped=True):
        torch.save(thing, os.path.join(folder, name), _use_new_zipfile_serialization=zipped)

    shared = torch.arange(4.0)
    base = torch.arange(10.0)
    save("state.pth", network().state_dict())
    save("state_legacy.pth", network().state_dict(), zipped=False)
    save("tied.pth", {"embed": shared.view(2, 2), "decode": shared.view(2, 2)})
    save("tied_legacy.pth", {"embed": shared.view(2, 2), "decode": shared.view(2, 2)}, zipped=False)
    save("views.pth", {"steps": base[2:8:2], "turned": base[:6].view(2, 3).t(), "parameter": torch.nn.Parameter(base[:2])})
    save("dtypes.pth", {"bf16": torch.tensor([1.5, -2], dtype=torch.bfloat16), "f16": torch.tensor([0.25], dtype=torch.float16),
                        "f64": torch.tensor([1e-300], dtype=torch.float64), "i64": torch.tensor(-(2**40)),
                        "u8": torch.tensor([255], dtype=torch.uint8), "bool": torch.tensor([True, False]), "empty": torch.zeros(0, 3)})
    save("checkpoint.pth", {"epoch": 3, "best": 0.93, "state_dict": network().state_dict(), "note": None,
                            "optimizer": {"state": {0: {"momentum": base}}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999)}]}})
    save("two_models.pth", {"student": {"w": base[:2].clone()}, "teacher": {"w": base[:2].clone()}})
    save("call.pth", {"w": Call()})
    save("call_legacy.pth", {"w": Call()}, zipped=False)
    save("module.pth", network())
    save("beyond.pth", {"w": Beyond()})
    save("broadcast.pth", {"w": Broadcast()})
    save("no_tensors.pth", {"accuracy": 0.9})


main(sys.argv[1])
