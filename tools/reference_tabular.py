#!/usr/bin/env python3
"""Reference numbers of tests/tabular/parity_test.cpp: fastai 2.8's TabularModel, EmbeddingDotBias and EmbeddingNN, and fastai 0.7's
MixedInputModel (written anew here in PyTorch, since 0.7 does not run today), with weights and rows made by a formula.

    python tools/reference_tabular.py
"""
import numpy as np
import torch
from fastai.collab import EmbeddingDotBias, EmbeddingNN
from fastai.tabular.model import TabularModel, emb_sz_rule
from torch import nn

from formula_weights import by_formula, noise

torch.set_num_threads(1)
LEVELS, CONTINUOUS, ROWS = [5, 300, 12], 3, 8


class MixedInput(nn.Module):
    """0.7's network as the semantics page describes it: lookups, dropout, BN of the numbers; linear, ReLU, BN where asked for; linear."""

    def __init__(self, sizes, continuous, hidden, outputs, use_bn):
        super().__init__()
        self.embs = nn.ModuleList(nn.Embedding(c, d) for c, d in sizes)
        self.bn = nn.BatchNorm1d(continuous)
        widths = [sum(d for _, d in sizes) + continuous, *hidden]
        self.lins = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, hidden))
        if use_bn:
            self.bns = nn.ModuleList(nn.BatchNorm1d(h) for h in hidden)
        self.outp = nn.Linear(hidden[-1], outputs)
        self.use_bn = use_bn

    def forward(self, codes, numbers):
        x = torch.cat([e(codes[:, i]) for i, e in enumerate(self.embs)] + [self.bn(numbers)], 1)
        for i, lin in enumerate(self.lins):
            x = lin(x).relu()
            if self.use_bn:
                x = self.bns[i](x)
        return self.outp(x)


def row_codes(levels):
    return torch.tensor([[(7 * n + 3 * c + n * c) % count for c, count in enumerate(levels)] for n in range(ROWS)])


def show(title, network, inputs, loss_of):
    print(f"// {title}")
    network.eval()
    with torch.no_grad():
        print("evaluation", ", ".join(f"{x:.7g}" for x in network(*inputs).flatten()[:8].tolist()))
    network.train()
    out = network(*inputs)
    loss = loss_of(out)
    loss.backward()
    print("training", ", ".join(f"{x:.7g}" for x in out.flatten()[:8].tolist()), "loss", f"{loss.item():.7g}")
    for name, p in network.named_parameters():
        if p.grad is None:  # the empty norm of no numbers
            continue
        g = p.grad.double()
        print(f'{{"{name}", {p.numel()}, {g.abs().sum():.7g}, {(g.flatten() * torch.from_numpy(noise("probe", g.numel()))).sum():.7g}}},')


def main():
    codes = row_codes(LEVELS)
    numbers = torch.from_numpy((2 * noise("numbers", ROWS * CONTINUOUS)).astype(np.float32)).view(ROWS, CONTINUOUS)
    classes = torch.tensor([n % 2 for n in range(ROWS)])
    cross_entropy = lambda out: nn.functional.cross_entropy(out, classes)
    sizes = [(c, emb_sz_rule(c)) for c in LEVELS]
    show("modern", by_formula(TabularModel(sizes, CONTINUOUS, 2, [20, 10])), (codes, numbers), cross_entropy)
    halves = [(c, min(50, (c + 1) // 2)) for c in LEVELS]
    show("legacy", by_formula(MixedInput(halves, CONTINUOUS, [20, 10], 2, False)), (codes, numbers), cross_entropy)
    show("legacy with norms", by_formula(MixedInput(halves, CONTINUOUS, [20, 10], 2, True)), (codes, numbers), cross_entropy)
    pairs = row_codes([9, 40])
    ratings = torch.tensor([1.0 + n % 5 for n in range(ROWS)])
    mse = lambda out: nn.functional.mse_loss(out.flatten(), ratings)
    show("dot", by_formula(EmbeddingDotBias(6, 9, 40, y_range=(0, 5.5))), (pairs,), mse)
    neural = by_formula(EmbeddingNN([(n, emb_sz_rule(n)) for n in (9, 40)], layers=[6], y_range=(0, 5.5)))
    show("neural", neural, (pairs,), mse)
    print("sizes", [emb_sz_rule(n) for n in (2, 3, 5, 8, 13, 32, 54, 100, 1116, 10000)])


if __name__ == "__main__":
    main()
