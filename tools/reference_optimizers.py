#!/usr/bin/env python3
"""Reference numbers for tests/optim, from fastai, PyTorch and timm (pip install fastai timm).

Every method goes from the same weights through the same gradients; printed are the weights after each of the steps.

    python tools/reference_optimizers.py
"""
import warnings

warnings.filterwarnings("ignore")
import fastai.optimizer as fast
import timm.optim
import torch

torch.set_num_threads(1)
SCALES = [0.1, 0.2, -0.3, 0.25, -0.05, 0.4, 0.15, -0.1]


def run(name, make, start=(1.0, 2.0), steps=8, schedule=None):
    weight = torch.tensor(start, requires_grad=True)
    optimizer = make(weight)
    rows = []
    for step in range(steps):
        if schedule:
            schedule(optimizer, step)
        weight.grad = SCALES[step] * torch.tensor(start)
        optimizer.step()
        rows.append("{" + ", ".join(f"{v:.7g}" for v in weight.tolist()) + "}")
    print(f"{name}:\n    " + ", ".join(rows))


def of_fastai(function, **options):
    return lambda weight: function([weight], **options)


def of_torch(kind, **options):
    return lambda weight: kind([weight], **options)


def main():
    sgd = dict(lr=0.1, momentum=0.9, weight_decay=0.1)
    run("sgd, decay in the gradient", of_torch(torch.optim.SGD, **sgd))
    run("sgd, nesterov", of_torch(torch.optim.SGD, nesterov=True, **sgd))
    run("sgd, decoupled (fastai)", of_fastai(fast.SGD, lr=0.1, mom=0.9, wd=0.1))
    adam = dict(lr=0.1, betas=(0.9, 0.99), eps=1e-5, weight_decay=0.1)
    run("adam, decay in the gradient", of_torch(torch.optim.Adam, **adam))
    run("adamw", of_torch(torch.optim.AdamW, **adam))
    run("adam, decoupled (fastai)", of_fastai(fast.Adam, lr=0.1, mom=0.9, sqr_mom=0.99, eps=1e-5, wd=0.1))

    def momentum(optimizer, step):
        optimizer.param_groups[0]["betas"] = (0.95 - 0.01 * step, 0.99)

    run("adamw, beta1 from .95 down by .01 a step", of_torch(torch.optim.AdamW, **adam), schedule=momentum)
    run("radam (fastai)", of_fastai(fast.RAdam, lr=0.1, mom=0.9, sqr_mom=0.99, eps=1e-5, wd=0.1))
    run("lamb (fastai)", of_fastai(fast.Lamb, lr=0.1, mom=0.9, sqr_mom=0.99, eps=1e-5, wd=0.1))
    run("lion (timm)", lambda weight: timm.optim.Lion([weight], lr=0.01, betas=(0.9, 0.99), weight_decay=0.1))
    run("lookahead of sgd, k 3, alpha .5 (fastai)", lambda weight: fast.Lookahead(fast.SGD([weight], lr=0.1, mom=0.9, wd=0.1), k=3, alpha=0.5))


if __name__ == "__main__":
    main()
