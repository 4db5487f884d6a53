"""Reference numbers for tests/nn/loss_test.cpp and head_test.cpp: torch's losses, fastai's head.

Run where torch and fastai are installed; the output is pasted into the tests. Not needed to build or test.
"""
import torch
from torch import tensor
from torch.nn import functional as F

torch.set_num_threads(1)


def show(name, value):
    print(f"{name}: {[round(v, 7) for v in value.flatten().tolist()]}")


logits, target = tensor([[2.0, 1, 0], [0, 3, 1], [1, -1, 0.5]]), tensor([0, 2, 1])
weights = tensor([1.0, 2.0, 0.5])
show("cross-entropy, items", F.cross_entropy(logits, target, reduction="none"))
show("smoothed 0.1, mean of two", F.cross_entropy(logits[:2], target[:2], label_smoothing=0.1))
show("weighted, items", F.cross_entropy(logits, target, weight=weights, reduction="none"))
show("weighted, mean", F.cross_entropy(logits, target, weight=weights))
show("weighted, smoothed 0.1, mean", F.cross_entropy(logits, target, weight=weights, label_smoothing=0.1))
show("weighted, smoothed 0.1, items", F.cross_entropy(logits, target, weight=weights, label_smoothing=0.1, reduction="none"))

labels = tensor([[1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
show("multi-label, items", F.binary_cross_entropy_with_logits(logits, labels, reduction="none").mean(1))
show("multi-label, mean", F.binary_cross_entropy_with_logits(logits, labels))
show("multi-label, weighted, mean", F.binary_cross_entropy_with_logits(logits, labels, weight=weights))

from fastai.layers import AdaptiveConcatPool2d
from fastai.vision.learner import create_head

head = create_head(4, 3, lin_ftrs=[6])
print(head)
for name, parameter in head.named_parameters():
    print(name, tuple(parameter.shape), parameter.flatten()[0].item())
with torch.no_grad():
    for name, parameter in head.named_parameters():
        if parameter.dim() == 2:
            n = parameter.numel()
            parameter.copy_(((torch.arange(n) * 7) % 11 - 5).view_as(parameter) / 10)
x = ((torch.arange(2 * 4 * 2 * 2) * 5) % 13).float().view(2, 4, 2, 2) / 3
head.eval()
show("head in evaluation", head(x))
head.train()
for module in head.modules():
    if isinstance(module, torch.nn.Dropout):
        module.p = 0
show("head in training, no dropout", head(x))
