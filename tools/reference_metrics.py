"""Reference numbers for tests/train/metric_test.cpp and callbacks_test.cpp, from scikit-learn and PyTorch. Not needed to build or test.

    python tools/reference_metrics.py
"""

import numpy as np
import sklearn
import sklearn.metrics as m

p3 = np.array([[.7, .2, .1], [.1, .6, .3], [.3, .3, .4], [.2, .5, .3], [.25, .35, .4], [.6, .3, .1], [.1, .2, .7], [.45, .45, .1]])
y3 = np.array([0, 1, 2, 2, 0, 0, 2, 2])
d3 = p3.argmax(1)

p2 = np.array([.1, .4, .35, .8, .4, .4, .9, .2])  # ties at .4
y2 = np.array([0, 0, 1, 1, 1, 0, 1, 0])

pm = np.array([[.9, .4, .1], [.3, .8, .6], [.6, .2, .7], [.2, .3, .4]])
ym = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
dm = pm > .5

v = np.array([[1., 10.], [2., 12.], [3., 9.], [4., 14.]])
t = np.array([[1.1, 11.], [1.9, 12.5], [3.3, 8.], [3.5, 15.]])


def show(name, value):
    print(f"{name:28s} {value:.12f}")


print("scikit-learn", sklearn.__version__)
show("single accuracy", m.accuracy_score(y3, d3))
show("single f1 macro", m.fbeta_score(y3, d3, beta=1, average="macro"))
show("single f2 macro", m.fbeta_score(y3, d3, beta=2, average="macro"))
show("single auc ovr macro", m.roc_auc_score(y3, p3, multi_class="ovr", average="macro"))
show("single kappa quadratic", m.cohen_kappa_score(y3, d3, weights="quadratic"))
show("single matthews", m.matthews_corrcoef(y3, d3))
show("single log_loss", m.log_loss(y3, p3))
show("binary auc", m.roc_auc_score(y2, p2))
show("multi accuracy", (dm == ym).mean())
show("multi f1 samples", m.fbeta_score(ym, dm, beta=1, average="samples", zero_division=0))
show("multi f2 samples", m.fbeta_score(ym, dm, beta=2, average="samples", zero_division=0))
show("multi auc macro", np.mean([m.roc_auc_score(ym[:, k], pm[:, k]) for k in range(3)]))
show("multi log_loss", np.mean([m.log_loss(ym[:, k], pm[:, k], labels=[0, 1]) for k in range(3)]))
show("regression rmse", np.sqrt(((v - t) ** 2).mean()))
show("regression mae", m.mean_absolute_error(t, v))
show("regression r2", m.r2_score(t, v))
# fastai's published vector: prediction 1,0,2,2,0 against 1,1,2,0,0
show("kappa quadratic, fastai", m.cohen_kappa_score([1, 1, 2, 0, 0], [1, 0, 2, 2, 0], weights="quadratic"))
show("matthews, fastai", m.matthews_corrcoef([1, 1, 2, 0, 0], [1, 0, 2, 2, 0]))

import torch  # noqa: E402

logits = torch.tensor([[2., 1., 0.], [0., 3., 1.], [1., 1., 2.]])
ya, yb = torch.tensor([0, 2, 1]), torch.tensor([2, 0, 1])
share = torch.tensor([.9, .6, .75])
weight = torch.tensor([1., 2., 4.])
ce = torch.nn.functional.cross_entropy
show("mixup loss", (share * ce(logits, ya, reduction="none") + (1 - share) * ce(logits, yb, reduction="none")).mean())
show("mixup loss, class weights",
     (share * ce(logits, ya, weight, reduction="none") + (1 - share) * ce(logits, yb, weight, reduction="none")).sum()
     / (share * weight[ya] + (1 - share) * weight[yb]).sum())
show("weighted mean", ce(logits, ya, weight))
