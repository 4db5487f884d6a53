"""Training on photos with fastai as it comes (fp32, aug_transforms), for networks that vision_fastai.py does not offer.

    training_fastai.py IMAGES ARCH [--size 224] [--batch 32] [--steps 20] [--threads 2] [--workers 2]

IMAGES: train/CLASS and valid/CLASS; ARCH: of torchvision (vgg16), else of timm (efficientnet_lite0). One JSON line with
the keys of vision_fastai.py.
"""
import argparse
import json
import time
import warnings

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("images")
parser.add_argument("arch")
for name, default in {"size": 224, "batch": 32, "steps": 20, "threads": 2, "workers": 2}.items():
    parser.add_argument(f"--{name}", type=int, default=default)
args = parser.parse_args()

warnings.filterwarnings("ignore")
import fastai.vision.all as fv
import torch
import torchvision

torch.set_num_threads(args.threads)
fv.set_seed(42, True)
UNCOUNTED = 3  # first batches: worker start, allocation, primitive caches


def loaders():
    block = fv.DataBlock(blocks=(fv.ImageBlock, fv.CategoryBlock), get_items=fv.get_image_files, get_y=fv.parent_label,
                         splitter=fv.GrandparentSplitter(), item_tfms=fv.Resize(args.size),
                         batch_tfms=[*fv.aug_transforms(), fv.Normalize.from_stats(*fv.imagenet_stats)])
    return block.dataloaders(args.images, bs=args.batch, num_workers=args.workers)


class Clock(fv.Callback):
    "Counts pictures from the end of the uncounted batches on, and leaves when there are enough."

    def __init__(self): self.seen, self.items, self.seconds = 0, 0, 0.0
    def before_validate(self): raise fv.CancelValidException()
    def before_train(self): self.fresh = UNCOUNTED

    def after_batch(self):
        if not self.training:
            return
        now = time.perf_counter()
        if self.fresh:
            self.fresh -= 1
        else:
            self.items += len(self.xb[0])
            self.seconds += now - self.last
            self.seen += 1
        self.last = now
        if self.seen == args.steps:
            raise fv.CancelFitException()


arch = getattr(torchvision.models, args.arch, None) or args.arch
learn = fv.vision_learner(loaders(), arch, pretrained=False, normalize=False)
clock = Clock()
with learn.no_bar(), learn.no_logging():
    learn.fit(1000, 1e-3, cbs=clock)
print(json.dumps({"name": "fastai", "arch": args.arch, "images_per_s": round(clock.items / clock.seconds, 2)}))
