#!/usr/bin/env python3
"""Fine-tuning steps of a MiniLM-sized encoder in eager PyTorch, as a well-kept trainer runs them: bf16 autocast, batches sorted by
length and padded to their longest, scaled_dot_product_attention, fused AdamW. Prints one JSON line with texts_per_s.

    python bench/peers/encoder_torch.py SHORTEST LONGEST BATCH STEPS [ATTENTION_DROPOUT]
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

shortest, longest, batch, steps = (int(a) for a in sys.argv[1:5])
attention_dropout = float(sys.argv[5]) if len(sys.argv) > 5 else 0.1
vocabulary, width, heads, inner, layers, uncounted = 30522, 384, 12, 1536, 6, 3


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask):
        n, t, _ = x.shape
        q, k, v = (linear(x).view(n, t, heads, -1).transpose(1, 2) for linear in (self.query, self.key, self.value))
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=attention_dropout if self.training else 0)
        x = self.norm1(x + self.dropout(self.out(seen.transpose(1, 2).reshape(n, t, width))))
        return self.norm2(x + self.dropout(self.narrow(F.gelu(self.widen(x)))))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.types = nn.Embedding(vocabulary, width), nn.Embedding(512, width), nn.Embedding(2, width)
        self.norm, self.dropout = nn.LayerNorm(width, 1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.head = nn.Linear(width, 2)

    def forward(self, ids, mask):
        x = self.words(ids) + self.positions.weight[:ids.shape[1]] + self.types.weight[0]
        x = self.dropout(self.norm(x))
        padding = None if mask.all() else mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, padding)
        m = mask[:, :, None].to(x.dtype)
        return self.head(self.dropout((x * m).sum(1) / m.sum(1)))


torch.manual_seed(42)
lengths = torch.randint(shortest, longest + 1, ((steps + uncounted) * batch,)).sort(descending=True).values
batches = lengths.split(batch)
order = [0, *(1 + torch.randperm(len(batches) - 1)).tolist()]
model = Classifier().train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
for k, number in enumerate(order):
    if k == uncounted:
        began = time.perf_counter()
    size = batches[number]
    t = int(size.max())
    mask = torch.arange(t)[None] < size[:, None]
    ids = torch.randint(0, vocabulary, (batch, t)) * mask
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(ids, mask)
    F.cross_entropy(logits.float(), torch.randint(0, 2, (batch,))).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
seconds = time.perf_counter() - began
print(json.dumps({"shortest": shortest, "longest": longest, "batch": batch, "threads": torch.get_num_threads(),
                  "texts_per_s": batch * steps / seconds, "step_ms": 1e3 * seconds / steps}))
