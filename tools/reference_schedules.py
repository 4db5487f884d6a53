#!/usr/bin/env python3
"""Reference numbers for tests/schedule.

2.x: fastai's own functions are called (pip install fastai). PyTorch's schedulers are called where they have the same shape.
0.7: fastai 0.7 no longer installs, so its callbacks are stepped through batch by batch as its sources describe them (counter,
whole-batch rounding, momentum read after the counter has moved); nothing here is a closed form of position.

    python tools/reference_schedules.py
"""
import math


def show(name, values):
    print(f"{name}: " + ", ".join(f"{v:.6g}" for v in values))


class Cosine07:
    """The cosine annealer of 0.7, one call a batch."""

    def __init__(self, batches, mult, warm_start=True):
        self.batches, self.mult, self.batch, self.cycle, self.warm = batches, mult, 0, 0, warm_start

    def rate(self):
        if self.warm and self.cycle == 0 and self.batch < self.batches / 20:
            self.batch += 1
            return 0.01
        rate = (math.cos(math.pi * self.batch / self.batches) + 1) / 2
        self.batch += 1
        if self.batch == self.batches:
            self.batch, self.batches, self.cycle = 0, self.batches * self.mult, self.cycle + 1
        return rate


def clr07(batches, div, cut_div, high, low):
    cut = batches // cut_div

    def p(c):
        return c / cut if c <= cut else 1 - (c - cut) / (batches - cut)

    for c in range(batches):
        yield (1 + p(c) * (div - 1)) / div, low + (1 - p((c + 1) % batches)) * (high - low)


def clr_beta07(batches, div, pct, high, low):
    half = int(batches * (1 - pct / 100) / 2)

    def rate(c):
        if c > 2 * half:
            return (1 - 0.99 * (c - 2 * half) / (batches - 2 * half)) / div
        p = 1 - (c - half) / half if c > half else c / half
        return (1 + p * (div - 1)) / div

    def momentum(c):
        if c > 2 * half:
            return high
        p = 1 - (c - half) / half if c > half else c / half
        return high + p * (low - high)

    for c in range(batches):
        yield rate(c), momentum((c + 1) % batches)


def ulmfit(steps, cut_fraction, ratio):
    """Equation 3 of the paper, at counts where its rounding changes nothing."""
    cut = math.floor(steps * cut_fraction)
    for t in range(steps):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_fraction - 1))
        yield (1 + p * (ratio - 1)) / ratio


def main():
    annealer = Cosine07(10, 2)
    show("0.7 sgdr nb=10 mult=2, 30 batches", [annealer.rate() for _ in range(30)])
    annealer = Cosine07(100, 1)
    show("0.7 sgdr nb=100, first 7 and last", (lambda all: all[:7] + all[-1:])([annealer.rate() for _ in range(100)]))
    pick = [0, 1, 5, 9, 10, 11, 50, 99]
    rates = list(clr07(100, 32, 10, 0.95, 0.85))
    show("0.7 use_clr=(32,10,.95,.85) nb=100 lr", [rates[c][0] for c in pick])
    show("0.7 use_clr=(32,10,.95,.85) nb=100 momentum", [rates[c][1] for c in pick])
    rates = list(clr07(47, 32, 10, 0.95, 0.85))
    show("0.7 use_clr=(32,10,.95,.85) nb=47 lr at 0,3,4,5,46", [rates[c][0] for c in (0, 3, 4, 5, 46)])
    pick = [0, 20, 40, 60, 80, 90, 99]
    rates = list(clr_beta07(100, 10, 20, 0.95, 0.85))
    show("0.7 use_clr_beta=(10,20,.95,.85) nb=100 lr", [rates[c][0] for c in pick])
    show("0.7 use_clr_beta=(10,20,.95,.85) nb=100 momentum", [rates[c][1] for c in pick])
    rates = list(clr_beta07(33, 10, 15, 0.95, 0.85))
    show("0.7 use_clr_beta=(10,15,.95,.85) nb=33 lr at 0,13,14,15,28,29,32", [rates[c][0] for c in (0, 13, 14, 15, 28, 29, 32)])
    show("ULMFiT eq. 3, T=200, cut .1, ratio 32, t=0,10,20,21,110,199", (lambda all: [all[t] for t in (0, 10, 20, 21, 110, 199)])(list(ulmfit(200, 0.1, 32))))

    import torch

    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=1, T_mult=2)
    rates = []
    for step in range(70):
        scheduler.step(step / 10)
        rates.append(optimizer.param_groups[0]["lr"])
    show("PyTorch warm restarts, T_0=1, T_mult=2, position 0.3, 0.9, 1, 1.5, 2.9, 3, 5, 6.9", [rates[i] for i in (3, 9, 10, 15, 29, 30, 50, 69)])

    from fastai.callback.schedule import SchedCos, SchedNo, SchedExp, combine_scheds, combined_cos

    positions = [0, 0.05, 0.125, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 1]
    show("2.x one-cycle lr", map(combined_cos(0.25, 1 / 25, 1, 1 / 1e5), positions))
    show("2.x one-cycle momentum", map(combined_cos(0.25, 0.95, 0.85, 0.95), positions))
    show("2.x one-cycle lr, ten batches", map(combined_cos(0.25, 1 / 25, 1, 1 / 1e5), [k / 10 for k in range(10)]))
    show("2.x fine_tune's second phase (pct .3, div 5), 8 batches", map(combined_cos(0.3, 1 / 5, 1, 1 / 1e5), [k / 8 for k in range(8)]))
    flat = combine_scheds([0.75, 0.25], [SchedNo(1, 1), SchedCos(1, 1e-5)])
    show("2.x flat-cos at 0, .5, .75, .8, .9, 1", map(flat, [0, 0.5, 0.75, 0.8, 0.9, 1]))
    show("2.x finder 1e-7 to 10 at 0, .01, .25, .5, .99", map(SchedExp(1e-7, 10), [0, 0.01, 0.25, 0.5, 0.99]))


if __name__ == "__main__":
    main()
