"""Training steps of a network alone in tuned PyTorch, for those that torchvision lacks: bf16 autocast, channels-last, fused AdamW.

    network_timm.py ARCH [--size 224] [--batch 32] [--steps 20] [--threads 2]

ARCH: a name of timm, as efficientnet_lite0. One JSON line with the keys of vision_torch.py --synthetic.
"""
import argparse
import json
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("arch")
for name, default in {"size": 224, "batch": 32, "steps": 20, "threads": 2}.items():
    parser.add_argument(f"--{name}", type=int, default=default)
args = parser.parse_args()

import timm
import torch

torch.set_num_threads(args.threads)
torch.manual_seed(42)
model = timm.create_model(args.arch, pretrained=False, num_classes=10).to(memory_format=torch.channels_last).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
x = torch.randn(args.batch, 3, args.size, args.size).contiguous(memory_format=torch.channels_last)
y = torch.randint(10, (args.batch,))


def step():
    with torch.autocast("cpu", torch.bfloat16):
        loss = torch.nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


for _ in range(3):  # thread start, allocation, primitive caches
    step()
began = time.perf_counter()
for _ in range(args.steps):
    step()
seconds = time.perf_counter() - began
print(json.dumps({"name": "torch", "version": torch.__version__, "arch": args.arch,
                  "images_per_s": round(args.batch * args.steps / seconds, 2),
                  "step_ms": round(1e3 * seconds / args.steps, 2)}))
